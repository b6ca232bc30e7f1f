//go:build go1.26

package inherit_test

import (
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// From Go 1.26 on a traceback can show labels.
func TestTracebacksShowTheUsersLabels(t *testing.T) {
	t.Setenv("GODEBUG", "tracebacklabels=1")
	header := func() string {
		buf := make([]byte, 4096)
		line, _, _ := strings.Cut(string(buf[:runtime.Stack(buf, false)]), "\n")
		return line // with labels, in the form of the release
	}
	var s als.Storage[int]
	onNew(func() {
		without := header()
		s.Run(1, func() { assert.Equal(t, without, header()) })
		pprof.SetGoroutineLabels(labelled("a", "1"))
		with := header()
		assert.NotEqual(t, without, with)
		s.Run(1, func() { assert.Equal(t, with, header()) })
		s.Run(1, func() { testkit.InGoroutine(func() { assert.Regexp(t, `a"?: "?1`, header()) }) })
		assert.Equal(t, with, header())
	})
}
