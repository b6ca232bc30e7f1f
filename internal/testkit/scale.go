package testkit

import (
	"runtime"
	"slices"
	"testing"

	"github.com/seed-1938943e/goroutine/internal/race"
)

// reduction is the divisor for each reason to reduce a number.
const reduction = 10

// Scaled returns n for a normal run of the tests. With -short, which is for
// emulators, it divides n by ten, and under the race detector once more.
func Scaled(t testing.TB, n int) int {
	t.Helper()
	return reduced(t, n, testing.Short(), race.Enabled)
}

// ScaledByG is Scaled for a number of goroutines, or of calls that ask which
// goroutine calls. Where the g cannot be read it divides once more, and
// where IDs are slow yet again.
func ScaledByG(t testing.TB, n int) int {
	t.Helper()
	return reduced(t, n, testing.Short(), race.Enabled, !readsG(), SlowIDs())
}

// AtOnce is ScaledByG for goroutines that live at the same time. The race detector
// supports 8128 of them at most.
func AtOnce(t testing.TB, n int) int {
	t.Helper()
	n = ScaledByG(t, n)
	if race.Enabled && n > 5000 {
		t.Logf("reduced: 5000 instead of %d", n)
		return 5000
	}
	return n
}

func reduced(t testing.TB, n int, reasons ...bool) int {
	t.Helper()
	full := n
	for _, reason := range reasons {
		if reason {
			n /= reduction
		}
	}
	n = max(n, min(full, 10))
	if n < full {
		t.Logf("reduced: %d instead of %d", n, full)
	}
	return n
}

// SlowIDs reports whether the ID of a goroutine comes from its traceback, as on wasm: neither
// package goroutine nor goid has assembly. Each call that asks for it then takes
// microseconds and allocates.
func SlowIDs() bool { return !readsG() && runtime.GOARCH != "386" && runtime.GOARCH != "arm" }

// readsG reports whether package goroutine has assembly for this platform.
func readsG() bool {
	return slices.Contains([]string{"amd64", "arm64", "loong64", "ppc64le", "riscv64", "s390x"}, runtime.GOARCH)
}
