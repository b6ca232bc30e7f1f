package callback

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Schedulers are the functions that run their function arguments later or elsewhere,
// by full name. The value is true for those that start a goroutine in each call, so
// that als/inherit is enough for them.
type schedulers map[string]bool

// defaults is in the syntax of the flag.
const defaults = `time.AfterFunc,context.AfterFunc,` +
	`(*sync.WaitGroup).Go=go,iter.Pull=go,iter.Pull2=go,` +
	`(*golang.org/x/sync/errgroup.Group).Go=go,(*golang.org/x/sync/errgroup.Group).TryGo=go,` +
	`(*golang.org/x/sync/singleflight.Group).DoChan=go,` +
	`github.com/panjf2000/ants.Submit,(*github.com/panjf2000/ants.Pool).Submit,` +
	`github.com/panjf2000/ants/v2.Submit,(*github.com/panjf2000/ants/v2.Pool).Submit,` +
	`(*github.com/panjf2000/ants/v2.MultiPool).Submit,` +
	`(*github.com/alitto/pond.WorkerPool).Submit,(*github.com/alitto/pond.WorkerPool).TrySubmit,` +
	`(*github.com/alitto/pond.WorkerPool).SubmitAndWait,(*github.com/alitto/pond.WorkerPool).SubmitBefore,` +
	`(*github.com/alitto/pond.TaskGroup).Submit,(*github.com/alitto/pond.TaskGroupWithContext).Submit,` +
	`github.com/alitto/pond/v2.Submit,github.com/alitto/pond/v2.SubmitErr,` +
	`(github.com/alitto/pond/v2.Pool).Go,(github.com/alitto/pond/v2.Pool).Submit,` +
	`(github.com/alitto/pond/v2.Pool).SubmitErr,(github.com/alitto/pond/v2.Pool).TrySubmit,` +
	`(github.com/alitto/pond/v2.Pool).TrySubmitErr,` +
	`(github.com/alitto/pond/v2.ResultPool).Submit,(github.com/alitto/pond/v2.ResultPool).SubmitErr,` +
	`(github.com/alitto/pond/v2.ResultPool).TrySubmit,(github.com/alitto/pond/v2.ResultPool).TrySubmitErr,` +
	`(github.com/alitto/pond/v2.TaskGroup).Submit,(github.com/alitto/pond/v2.TaskGroup).SubmitErr,` +
	`(github.com/alitto/pond/v2.ResultTaskGroup).Submit,(github.com/alitto/pond/v2.ResultTaskGroup).SubmitErr,` +
	`(*github.com/gammazero/workerpool.WorkerPool).Submit,(*github.com/gammazero/workerpool.WorkerPool).SubmitWait,` +
	`(*github.com/sourcegraph/conc.WaitGroup).Go=go,` +
	`(*github.com/sourcegraph/conc/pool.Pool).Go,(*github.com/sourcegraph/conc/pool.ErrorPool).Go,` +
	`(*github.com/sourcegraph/conc/pool.ContextPool).Go,(*github.com/sourcegraph/conc/pool.ResultPool).Go,` +
	`(*github.com/sourcegraph/conc/pool.ResultErrorPool).Go,(*github.com/sourcegraph/conc/pool.ResultContextPool).Go,` +
	`(*github.com/sourcegraph/conc/stream.Stream).Go`

var entry = regexp.MustCompile(`^(\(\*?[\w.\-~/]+\.\w+\)\.\w+|[\w.\-~/]+\.\w+)(=go)?$`)

// Set is for package flag. A list that begins with a plus is added to what was there.
func (s *schedulers) Set(list string) error {
	added, add := strings.CutPrefix(list, "+")
	result := make(schedulers)
	if add {
		maps.Copy(result, *s)
	}
	for _, e := range strings.Split(added, ",") {
		e = strings.TrimSpace(e)
		if e == "" {
			continue
		}
		m := entry.FindStringSubmatch(e)
		if m == nil {
			return fmt.Errorf("%q is no function: write path/of/package.Function or (*path/of/package.Type).Method, "+
				"with =go behind it if each call starts a goroutine", e)
		}
		result[m[1]] = m[2] != ""
	}
	*s = result
	return nil
}

// String is for package flag.
func (s *schedulers) String() string {
	if s == nil {
		return ""
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(*s)) {
		if (*s)[name] {
			name += "=go"
		}
		list = append(list, name)
	}
	return strings.Join(list, ",")
}
