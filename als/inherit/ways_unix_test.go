//go:build unix

package inherit_test

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func init() {
	for name, w := range map[string]way{
		"`signal.Notify`, a goroutine that receives": {func(t *testing.T, f func()) {
			c := make(chan os.Signal, 1)
			signal.Notify(c, syscall.SIGHUP)
			t.Cleanup(func() { signal.Stop(c) })
			go func() { <-c; f() }()
			in("trigger", func() { sendHangup(t) })
		}, "starter"},
		"`signal.NotifyContext` with `context.AfterFunc`": {func(t *testing.T, f func()) {
			ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGHUP)
			t.Cleanup(stop)
			context.AfterFunc(ctx, f)
			in("trigger", func() { sendHangup(t) })
		}, "starter"},
	} {
		ways[name] = w
	}
}

func sendHangup(t *testing.T) {
	p, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	require.NoError(t, p.Signal(syscall.SIGHUP))
}
