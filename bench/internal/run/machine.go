package run

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"github.com/seed-1938943e/goroutine/bench/internal/ops"
	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// machine describes the machine and the version of Go of this run.
func machine() result.Machine {
	return result.Machine{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		CPU: cpuid.CPU.BrandName, CPUs: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		Commit: commit(),
	}
}

// commit returns the commit that the go command wrote into the binary. go run writes
// none; then git knows it. "" is unknown.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	out, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// affordable returns how many goroutines with all their values fit into half of the
// free memory. If the free memory is not known, it returns a hundred thousand.
func affordable() int {
	const each, unknown = 8 << 10, 100_000
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return unknown
	}
	m := regexp.MustCompile(`MemAvailable:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		return unknown
	}
	kib, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return unknown
	}
	return kib / (each >> 10) / 2
}

// order is the order of the systems in a report.
var order = []ops.System{
	ops.ALS, ops.Inherit, ops.Context, ops.Context5, ops.Context10, ops.ContextSame, ops.Go,
	ops.Routine, ops.ModernGo, ops.Jtolds, ops.GoidMap,
	ops.Table, ops.SyncMap, ops.Sharded, ops.Xsync, ops.Haxmap,
	ops.HooksOff, ops.HooksAfter, ops.HooksOn,
}

func (s *session) systems() (systems []result.System) {
	versions := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			versions[m.Path] = m.Version
		}
	}
	for _, name := range order {
		p := ops.Peers[name]
		systems = append(systems, result.System{
			Name: string(name), Title: p.Title, About: p.About,
			Version: versions[p.Module], Status: s.health.status[name],
		})
	}
	return append(systems, s.report.Systems...)
}
