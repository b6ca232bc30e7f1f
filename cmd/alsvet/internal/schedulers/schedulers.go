// Package schedulers lists the functions that run a function argument later, or on
// another goroutine, so that it does not see the stores of the caller.
package schedulers

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A List maps full names of functions to whether each call starts a goroutine of its
// own, for which als/inherit is enough. It is a flag.Value.
type List map[string]bool

// Known is the list that the analyzers use. The flag -callback.funcs changes it.
var Known = func() List {
	var list List
	if err := list.Set(defaults); err != nil {
		panic("alsvet: the default list of schedulers: " + err.Error())
	}
	return list
}()

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
	`(*github.com/sourcegraph/conc/stream.Stream).Go,` +
	`github.com/sourcegraph/conc/iter.ForEach=go,github.com/sourcegraph/conc/iter.ForEachIdx=go,` +
	`github.com/sourcegraph/conc/iter.Map=go,github.com/sourcegraph/conc/iter.MapErr=go,` +
	`github.com/bytedance/gopkg/util/gopool.Go,github.com/bytedance/gopkg/util/gopool.CtxGo,` +
	`(github.com/bytedance/gopkg/util/gopool.Pool).Go,(github.com/bytedance/gopkg/util/gopool.Pool).CtxGo,` +
	`(*github.com/hashicorp/go-multierror.Group).Go=go,` +
	`(*gopkg.in/tomb.v2.Tomb).Go=go,` +
	`(*github.com/oklog/run.Group).Add=go,` +
	`github.com/samber/lo.Async=go,github.com/samber/lo.Async0=go,github.com/samber/lo.Async1=go,` +
	`github.com/samber/lo.Async2=go,github.com/samber/lo/parallel.ForEach=go,github.com/samber/lo/parallel.Map=go,` +
	`github.com/samber/lo/parallel.Times=go,github.com/samber/lo/parallel.GroupBy=go,` +
	`github.com/samber/lo/parallel.PartitionBy=go,` +
	`(*github.com/robfig/cron.Cron).AddFunc,(*github.com/robfig/cron.Cron).AddJob,(*github.com/robfig/cron.Cron).Schedule,` +
	`(*github.com/robfig/cron/v3.Cron).AddFunc,(*github.com/robfig/cron/v3.Cron).AddJob,(*github.com/robfig/cron/v3.Cron).Schedule`

var entry = regexp.MustCompile(`^(\(\*?[\w.\-~/]+\.\w+\)\.\w+|[\w.\-~/]+\.\w+)(=go)?$`)

// Set replaces the list. A value that begins with a plus is added to it.
func (l *List) Set(value string) error {
	added, add := strings.CutPrefix(value, "+")
	result := make(List)
	if add {
		maps.Copy(result, *l)
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
	*l = result
	return nil
}

// String returns the list in the syntax of Set.
func (l *List) String() string {
	if l == nil {
		return ""
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(*l)) {
		if (*l)[name] {
			name += "=go"
		}
		list = append(list, name)
	}
	return strings.Join(list, ",")
}
