package als

import (
	"fmt"
	"io"
	"os"

	"github.com/seed-1938943e/goroutine/internal/loss"
)

// traceVariable is the environment variable that turns on reports of losses.
const traceVariable = "ALS_TRACE_LOSS"

func init() { startTracing(os.Getenv(traceVariable), os.Stderr) }

// startTracing starts loss tracing if setting, the value of ALS_TRACE_LOSS, is "1".
func startTracing(setting string, w io.Writer) (stop func()) {
	switch setting {
	case "", "0":
		return func() {}
	case "1":
		if !loss.CanFind() {
			fmt.Fprintf(w, "als: %s=1: losses at go statements cannot be found with this Go release and platform unless als/inherit is imported\n", traceVariable)
		}
		return TraceLoss(func(l Loss) { fmt.Fprintln(w, l) })
	}
	fmt.Fprintf(w, "als: %s=%s is neither 0 nor 1; losses are not reported\n", traceVariable, setting)
	return func() {}
}
