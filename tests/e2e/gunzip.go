// Decompresses standard input with Go's own gzip, as most container tools do.
package main

import (
	"compress/gzip"
	"io"
	"log"
	"os"
)

func main() {
	reader, err := gzip.NewReader(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(os.Stdout, reader); err != nil {
		log.Fatal(err)
	}
}
