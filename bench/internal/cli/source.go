package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// sourceDir finds the module's directory from where the program was started: the
// repository's root, bench itself, or below it.
func sourceDir() (string, error) {
	for _, dir := range []string{"bench", ".", "..", "../.."} {
		if _, err := os.Stat(filepath.Join(dir, limitsName)); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("run it from the root of the repository, or from bench")
}

// limitsName marks the module's directory: it holds the limits.
const limitsName = "limits.json"
