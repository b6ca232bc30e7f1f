//go:build race

package birth

import (
	"context"
	"runtime/pprof"
)

// releaseLabels tells the race detector that what the caller has written so far is
// ordered before a profile that shows it. Only the runtime can say so, and it does
// when labels are set.
func releaseLabels() { pprof.SetGoroutineLabels(context.Background()) }
