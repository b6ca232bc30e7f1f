package cli

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/seed-1938943e/goroutine/bench/internal/report"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// runReport writes the page and its charts from data.json, because the repository
// has only the data. It measures nothing.
func runReport(args []string, _, stderr io.Writer) error {
	flags := newFlags("report", stderr)
	dir := flags.String("o", "", "write the report into this `directory` (default report, beside this program's source)")
	if err := parse(flags, args); err != nil {
		return err
	}
	source, err := sourceDir()
	if err != nil {
		return err
	}
	data := filepath.Join(source, "report")
	if *dir == "" {
		*dir = data
	}
	r, err := result.Read(filepath.Join(data, report.DataName))
	if err != nil {
		return err
	}
	if err := report.Write(*dir, r); err != nil {
		return err
	}
	fmt.Fprintln(stderr, "written:", filepath.Join(*dir, report.PageName))
	return nil
}
