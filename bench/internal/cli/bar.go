package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A bar shows the progress of a run, if the output is a terminal.
type bar struct {
	w       io.Writer
	visible bool
	bar     *progressbar.ProgressBar
}

func newBar(w io.Writer) *bar {
	f, ok := w.(*os.File)
	return &bar{w: w, visible: ok && term.IsTerminal(int(f.Fd()))}
}

func (b *bar) Total(steps int) {
	b.bar = progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(b.w),
		progressbar.OptionSetVisibility(b.visible),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(),
	)
}

func (b *bar) Begin(what string) { b.bar.Describe(fmt.Sprintf("%-32s", what)) }

// Step counts one step. The run goes on if the bar cannot be drawn.
func (b *bar) Step() { _ = b.bar.Add(1) }

// End erases the bar.
func (b *bar) End() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}
