package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// The style, the scripts and the icon are part of the binary. Each is served
// under a name that holds a digest of what is in it, so a browser may keep it for
// a year and never has an old one.

//go:embed assets
var assetFiles embed.FS

// assets serves the embedded files.
type assets struct {
	addresses map[string]string // "style.css" to "/assets/style.0a1b2c3d4e5f.css"
	files     map[string]asset  // by the last part of the address
}

type asset struct {
	kind           string
	plain, smaller []byte // smaller is gzip
}

func newAssets() (*assets, error) {
	a := &assets{addresses: map[string]string{}, files: map[string]asset{}}
	names, err := fs.ReadDir(assetFiles, "assets")
	if err != nil {
		return nil, fmt.Errorf("read embedded assets: %w", err)
	}
	for _, entry := range names {
		name := entry.Name()
		kind := mime.TypeByExtension(path.Ext(name))
		if kind == "" || strings.HasSuffix(name, ".LICENSE") {
			continue
		}
		body, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			return nil, fmt.Errorf("read embedded asset %s: %w", name, err)
		}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		_, _ = z.Write(body) // into memory: it cannot fail
		_ = z.Close()
		sum := sha256.Sum256(body)
		hashed := strings.TrimSuffix(name, path.Ext(name)) + "." + hex.EncodeToString(sum[:6]) + path.Ext(name)
		a.addresses[name] = "/assets/" + hashed
		a.files[hashed] = asset{kind: kind, plain: body, smaller: b.Bytes()}
	}
	return a, nil
}

// address returns where an asset is. A name that is none is a mistake in a
// template, which shows when the templates are tried.
func (a *assets) address(name string) (string, error) {
	if at, ok := a.addresses[name]; ok {
		return at, nil
	}
	return "", fmt.Errorf("there is no asset %s", name)
}

// ServeHTTP implements http.Handler.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.smaller
	}
	_, _ = w.Write(body) // whoever went away needs no answer
}
