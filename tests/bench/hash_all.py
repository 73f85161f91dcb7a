#!/usr/bin/env python3
"""SHA-256 of files, by all processors, through OpenSSL: what verifying them takes at least.

usage: hash_all.py FILE...
"""
import concurrent.futures
import hashlib
import os
import sys


def hashed(path):
    digest, buffer = hashlib.sha256(), memoryview(bytearray(1 << 18))
    with open(path, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(buffer[:count])  # without the interpreter's lock
    return digest.hexdigest()


if __name__ == "__main__":
    files = sorted(sys.argv[1:], key=os.path.getsize, reverse=True)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for found in pool.map(hashed, files):
            print(found)
