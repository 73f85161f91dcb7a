// Chooses from the indexes of an OCI layout with the runtimes' own code: containerd's walk and
// its platforms module, and containers/image, which podman, CRI-O and skopeo are built on.
//
// Reads lines `TAG NODE` and prints `TAG NODE RUNTIME DIGEST...`: what the runtime chooses, and for
// a tag that starts with `order` what it chooses once that is gone, and so on.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"go.podman.io/image/v5/manifest"
	"go.podman.io/image/v5/types"
)

// A content store: a layout, and indexes that are made on the way.
type blobs struct {
	layout string
	made   map[digest.Digest][]byte
}

type blob struct{ *bytes.Reader }

func (blob) Close() error { return nil }

func (b blobs) read(d digest.Digest) ([]byte, error) {
	if data, ok := b.made[d]; ok {
		return data, nil
	}
	return os.ReadFile(filepath.Join(b.layout, "blobs", d.Algorithm().String(), d.Encoded()))
}

func (b blobs) ReaderAt(_ context.Context, d ocispec.Descriptor) (content.ReaderAt, error) {
	data, err := b.read(d.Digest)
	return blob{bytes.NewReader(data)}, err
}

// What platforms.Default() is on Windows; its code is built there only.
type newestFirst struct{ platforms.Matcher }

func (m newestFirst) Less(a, b ocispec.Platform) bool {
	if m.Match(a) != m.Match(b) {
		return m.Match(a)
	}
	return m.Match(a) && a.OSVersion > b.OSVersion
}

// os/arch[/variant][:os.version][+feature]
func parse(text string) ocispec.Platform {
	var p ocispec.Platform
	text, feature, found := strings.Cut(text, "+")
	if found {
		p.OSFeatures = []string{feature}
	}
	text, p.OSVersion, _ = strings.Cut(text, ":")
	parts := append(strings.Split(text, "/"), "")
	p.OS, p.Architecture, p.Variant = parts[0], parts[1], parts[2]
	return p
}

type choose func(index ocispec.Index, raw []byte) (digest.Digest, error)

func containerd(store blobs, comparer platforms.MatchComparer) choose {
	return func(index ocispec.Index, raw []byte) (digest.Digest, error) {
		top := ocispec.Descriptor{MediaType: index.MediaType, Digest: digest.FromBytes(raw),
			Size: int64(len(raw))}
		store.made[top.Digest] = raw
		found, err := images.Manifest(context.Background(), store, top, comparer)
		// The tests' manifests say their own names: what is found has no digest.
		return digest.Digest(found.Annotations["config"]), err
	}
}

func podman(node ocispec.Platform) choose {
	return func(index ocispec.Index, raw []byte) (digest.Digest, error) {
		list, err := manifest.ListFromBlob(raw, index.MediaType)
		if err != nil {
			log.Fatal(err)
		}
		chosen, err := list.ChooseInstance(&types.SystemContext{OSChoice: node.OS,
			ArchitectureChoice: node.Architecture, VariantChoice: node.Variant})
		for _, entry := range index.Manifests {
			if entry.Digest == chosen && images.IsIndexType(entry.MediaType) {
				return "", errors.New("a list in a list") // copy.Image refuses it
			}
		}
		return chosen, err
	}
}

// The digests of what is chosen, by the config's or the manifest's digest.
func order(index ocispec.Index, pick choose, all bool, byConfig map[digest.Digest]digest.Digest) string {
	var text string
	for {
		raw, err := json.Marshal(index)
		if err != nil {
			log.Fatal(err)
		}
		chosen, err := pick(index, raw)
		if err != nil {
			return text
		}
		if named, ok := byConfig[chosen]; ok {
			chosen = named
		}
		text += " " + chosen.String()
		if !all {
			return text
		}
		var left []ocispec.Descriptor
		for _, entry := range index.Manifests {
			if entry.Digest != chosen {
				left = append(left, entry)
			}
		}
		index.Manifests = left
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		log.Fatal(err)
	}
	return data
}

func main() {
	store := blobs{os.Args[1], map[digest.Digest][]byte{}}
	var top ocispec.Index
	must(nil, json.Unmarshal(must(os.ReadFile(filepath.Join(store.layout, "index.json"))), &top))
	indexes := map[string]ocispec.Index{}
	byConfig := map[digest.Digest]digest.Digest{}
	var walk func(ocispec.Index)
	walk = func(index ocispec.Index) {
		for _, entry := range index.Manifests {
			data := must(store.read(entry.Digest))
			if images.IsIndexType(entry.MediaType) {
				var inner ocispec.Index
				must(nil, json.Unmarshal(data, &inner))
				indexes[entry.Annotations[ocispec.AnnotationRefName]] = inner
				walk(inner)
			} else {
				var image ocispec.Manifest
				must(nil, json.Unmarshal(data, &image))
				byConfig[digest.Digest(image.Annotations["config"])] = entry.Digest
			}
		}
	}
	walk(top)
	lines := bufio.NewReader(os.Stdin)
	for {
		var tag, text string
		if _, err := fmt.Fscanln(lines, &tag, &text); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		node, all := parse(text), strings.HasPrefix(tag, "order")
		print := func(runtime string, pick choose) {
			fmt.Println(tag, text, runtime+order(indexes[tag], pick, all, byConfig))
		}
		if node.OS == "windows" {
			print("containerd", containerd(store, newestFirst{platforms.NewMatcher(node)}))
			if tag != "win32k" { // it came without os.features
				print("containerd:2.1", containerd(store, platforms.Only(node)))
			}
		} else {
			print("containerd", containerd(store, platforms.Only(node)))
			print("podman", podman(node))
		}
	}
}
