"""A disk as a program's steps leave it, and what may be left of it when the power goes.

Stricter than any file system: until a folder is synced, each of its names is, by itself, as it was
at the last sync or as at any time since (a rename is two such names); until a file is synced, its
content is what was synced last, nothing, a part, or zeros. Syncing a file keeps no name of it.
"""
import os
import pathlib


class Folder:
    def __init__(self):
        self.names = {}    # name: inode, now
        self.pending = {}  # name: what it may be after a loss of power; not in here: as in names

    def change(self, name, inode):
        self.pending.setdefault(name, [self.names.get(name)])
        if inode not in self.pending[name]:
            self.pending[name].append(inode)
        if inode is None:
            self.names.pop(name, None)
        else:
            self.names[name] = inode

    def sync(self):
        self.pending = {}


class File:
    def __init__(self):
        self.content = self.synced = b""
        self.dirty = False

    def write(self, at, data):
        self.content = self.content[:at].ljust(at, b"\0") + data + self.content[at + len(data):]
        self.dirty = True

    def resize(self, size):
        self.content = self.content[:size].ljust(size, b"\0")
        self.dirty = True

    def sync(self):
        self.synced, self.dirty = self.content, False

    def versions(self):
        """What it may hold after a loss of power."""
        if not self.dirty:
            return [self.content]
        made = [self.synced, self.content, b"", self.content[:len(self.content) // 2], bytes(len(self.content))]
        return list(dict.fromkeys(made))


class Disk:
    """Follows the record of a program's steps, from what is in a folder before."""

    def __init__(self, root, unsynced=()):
        """unsynced are paths whose content and names nobody has synced."""
        self.root = str(root)
        self.inodes = {}
        self.reused = {}  # the number of a file that is gone may be given to a new one
        self.top = self.load(pathlib.Path(root), unsynced)

    def load(self, path, unsynced):
        inode = os.lstat(path).st_ino
        if not path.is_dir():
            file = self.inodes.setdefault(inode, File())
            file.write(0, path.read_bytes())
            if os.path.relpath(path, self.root) not in unsynced:
                file.sync()
            return inode
        folder = self.inodes[inode] = Folder()
        folder.names = {child.name: self.load(child, unsynced) for child in path.iterdir()}
        for name, child in folder.names.items():
            if os.path.relpath(path / name, self.root) in unsynced:
                folder.pending[name] = [None, child]
        return inode

    def folder_of(self, path):
        at = self.inodes[self.top]
        parts = os.path.relpath(path, self.root).split("/")
        for part in parts[:-1]:
            at = self.inodes[at.names[part]]
        return at, parts[-1]

    def make(self, inode, each):
        if inode in self.inodes:
            self.reused[inode] = inode = (inode, len(self.inodes))
        self.inodes[inode] = each
        return inode

    def set_name(self, path, inode):
        folder, name = self.folder_of(path)
        folder.change(name, inode)

    def follow(self, step):
        """Takes one step; says whether the disk is another one then."""
        if step["result"] < 0:
            return False
        name = step["name"]
        inode = self.reused.get(step.get("inode"), step.get("inode"))
        if name == "sync" and inode in self.inodes:
            self.inodes[inode].sync()
        elif name == "sync_all":
            for each in self.inodes.values():
                each.sync()
        elif name in ("create", "mkdir"):
            inode = self.make(step["inode"], File() if name == "create" else Folder())
            if "unnamed" not in step:
                self.set_name(step["path"], inode)
        elif name == "truncate":
            self.inodes[inode].resize(0)
        elif name == "resize":
            self.inodes[inode].resize(step["size"])
        elif name == "write":
            self.inodes[inode].write(step["at"], bytes.fromhex(step.get("data", "")))
        elif name in ("unlink", "rmdir"):
            self.set_name(step["path"], None)
        elif name == "link":
            self.set_name(step["path"], inode)
        elif name == "rename":
            folder, last = self.folder_of(step["path"])
            if folder.names.get(last) != inode:  # two names of one file: both stay
                self.set_name(step["path"], inode)
                self.set_name(step["from"], None)
        else:
            return False
        return True

    def doubts(self):
        """Each thing that a loss of power may leave in more than one way: a key, and the ways."""
        found = {}
        for inode, each in self.inodes.items():
            if isinstance(each, Folder):
                for name, ways in each.pending.items():
                    if len(ways) > 1:
                        found[inode, name] = ways
            elif each.dirty:
                found[inode] = each.versions()
        return found

    def tree(self, choices=None):
        """What is below the root, where choices says how doubts end (without: as it is now)."""
        tree = {}
        self._collect(self.top, "", choices or {}, tree)
        return tree

    def _collect(self, inode, path, choices, tree):
        each = self.inodes[inode]
        if isinstance(each, File):
            tree[path] = choices.get(inode, each.content)
            return
        if path:
            tree[path] = None
        for name in each.names.keys() | each.pending.keys():
            child = choices.get((inode, name), each.names.get(name))
            if child is not None:
                self._collect(child, f"{path}/{name}" if path else name, choices, tree)
