package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// sourceDir finds the module's directory if the program was started in the
// repository's root, in bench or at most two directories below it.
func sourceDir() (string, error) {
	for _, dir := range []string{"bench", ".", "..", "../.."} {
		if _, err := os.Stat(filepath.Join(dir, limitsName)); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("start it in the root of the repository or in bench")
}

// limitsName is the file of the limits, by which sourceDir knows the directory.
const limitsName = "limits.json"
