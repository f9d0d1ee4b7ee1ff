package contract

import (
	"os"
	"path/filepath"
	"testing"
)

// clinikoFile is the description of the Cliniko API. It is not part of this
// repository; where it is at hand it stands beside it.
const clinikoFile = "shared/reference/cliniko-openapi.yaml"

// Cliniko loads the description of the Cliniko API. Where the file is missing
// the test is skipped by name.
func Cliniko(tb testing.TB) *Spec {
	tb.Helper()
	root, found := repositoryRoot()
	if !found {
		tb.Skip("cliniko-openapi.yaml: not here (no go.mod above the working directory)")
	}
	file := filepath.Join(root, "..", filepath.FromSlash(clinikoFile))
	if _, err := os.Stat(file); err != nil {
		tb.Skip("cliniko-openapi.yaml: not here (expected at ../" + clinikoFile + ")")
	}
	spec, err := Load(file, "/v1")
	if err != nil {
		tb.Fatal(err)
	}
	return spec
}

// repositoryRoot is the nearest folder upwards that holds go.mod.
func repositoryRoot() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}
