// Prints the image config that BuildKit makes of a Dockerfile, without building it.
//
// usage: make_configs DOCKERFILE PLATFORM [NAME=VALUE]...
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	digest "github.com/opencontainers/go-digest"
)

// Every image but scratch has the settings that one without any has.
type base struct{}

func (base) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	platform := opt.ImageOpt.Platform
	settings := `"WorkingDir":"/"`
	if platform.OS != "windows" {
		settings += `,"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]`
	}
	text := fmt.Sprintf(`{"architecture":%q,"os":%q,"config":{%s},"rootfs":{"type":"layers","diff_ids":[%q]}}`,
		platform.Architecture, platform.OS, settings, digest.FromString(""))
	return ref, "", []byte(text), nil
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	platform := platforms.Normalize(platforms.MustParse(os.Args[2]))
	args := map[string]string{}
	for _, pair := range os.Args[3:] {
		name, value, _ := strings.Cut(pair, "=")
		args[name] = value
	}
	opt := dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildArgs: args},
		TargetPlatform: &platform,
		MetaResolver:   base{},
	}
	_, image, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, opt)
	check(err)
	out, err := json.MarshalIndent(image, "", " ")
	check(err)
	fmt.Println(string(out))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
