package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-1938943e/goroutine/bench/internal/report"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

func runReadme(args []string, _, stderr io.Writer) error {
	flags := newFlags("readme", stderr)
	if err := parse(flags, args); err != nil {
		return err
	}
	source, err := sourceDir()
	if err != nil {
		return err
	}
	return writeReadme(source, stderr)
}

// writeReadme writes the repository's README and its chart from the module's
// report.
func writeReadme(source string, stderr io.Writer) error {
	dir := filepath.Join(source, "report")
	r, err := result.Read(filepath.Join(dir, report.DataName))
	if err != nil {
		return err
	}
	chart, err := report.DrawReadme(r)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, report.ReadmeChart), chart, 0o644); err != nil {
		return err
	}
	path := filepath.Join(source, "..", "README.md")
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	section, err := report.Section(r, chartPath)
	if err != nil {
		return err
	}
	text, err := report.Replace(old, section)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(stderr, "written:", path)
	return nil
}

// chartPath is the path of the chart from the README.
const chartPath = "bench/report/" + report.ReadmeChart
