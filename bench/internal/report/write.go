package report

import (
	"os"
	"path/filepath"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// Write writes a report's files into a directory: index.html, a chart for each
// question, data.json.
func Write(dir string, r *result.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	data, err := r.JSON()
	if err != nil {
		return err
	}
	files := map[string][]byte{"data.json": data}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
