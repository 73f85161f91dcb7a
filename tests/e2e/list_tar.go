// Lists the tars that are named as Go's archive/tar reads them, which engines unpack layers with:
// of each a line of JSON.
package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
)

type entry struct {
	Type, Name, Link, Sha256 string
	Size, Mode, Modified     int64
	Major, Minor             int64
	UID, GID                 int
}

type listing struct {
	Entries []entry
	Error   string
}

func list(path string) (all listing) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	reader := tar.NewReader(file)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		hash := sha256.New()
		if err == nil {
			_, err = io.Copy(hash, reader)
		}
		if err != nil {
			all.Error = err.Error()
			return all
		}
		all.Entries = append(all.Entries, entry{
			Type: string(rune(header.Typeflag)), Name: header.Name, Link: header.Linkname,
			Sha256: hex.EncodeToString(hash.Sum(nil)), Size: header.Size, Mode: header.Mode,
			Modified: header.ModTime.Unix(), Major: header.Devmajor, Minor: header.Devminor, UID: header.Uid, GID: header.Gid,
		})
	}
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	lines := json.NewEncoder(out)
	for _, path := range os.Args[1:] {
		if err := lines.Encode(list(path)); err != nil {
			log.Fatal(err)
		}
	}
}
