package report

import (
	"os"
	"path/filepath"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// The names of a report's files. The other files are charts, one for each question.
const (
	DataName = "data.json"
	PageName = "index.html"
)

// Write writes a report into a directory.
func Write(dir string, r *result.Report) error {
	files, err := render(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func render(r *result.Report) (files map[string][]byte, err error) {
	files = map[string][]byte{}
	charts := map[string][]byte{}
	for _, q := range r.Questions {
		if charts[q.Name], err = Chart(r, q.Title, q.Rows); err != nil {
			return nil, err
		}
		files[q.Name+".svg"] = charts[q.Name]
	}
	if files[DataName], err = r.JSON(); err != nil {
		return nil, err
	}
	files[PageName], err = Page(r, charts)
	return files, err
}
