package run

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/child"
	"github.com/seed-1938943e/goroutine/bench/internal/ops"
)

// health has the results of the trials.
type health struct {
	rows   map[string]map[ops.System]string // why an operation is left out
	status map[ops.System]string            // the error of a system as a whole
}

func newHealth() *health {
	return &health{rows: map[string]map[ops.System]string{}, status: map[ops.System]string{}}
}

// others returns the systems of other modules.
func others() []ops.System {
	return slices.Sorted(func(yield func(ops.System) bool) {
		for s := range maps.Keys(ops.Peers) {
			if ops.Peers[s].Module != "" && !yield(s) {
				return
			}
		}
	})
}

// examine tries each operation of each library in another process.
func examine(questions []ops.Question, patience time.Duration) *health {
	h := newHealth()
	for _, s := range others() {
		if !ops.Linked(s) {
			h.note(s, build(s))
			continue
		}
		if !ops.Uses(questions, s) {
			continue
		}
		h.try(s, questions, patience)
		h.stress(s, patience)
	}
	return h
}

func (h *health) try(s ops.System, questions []ops.Question, patience time.Duration) {
	var p *child.Process
	defer func() {
		if p != nil {
			p.Close()
		}
	}()
	for _, q := range questions {
		for _, r := range q.Rows {
			name := alone(r.Name)
			if !slices.ContainsFunc(r.Impls, func(i ops.Impl) bool { return i.System == s }) || h.rows[name] != nil && h.rows[name][s] != "" {
				continue
			}
			if p == nil {
				var err error
				if p, err = ready(); err != nil {
					h.note(s, err.Error())
					return
				}
			}
			err := p.Call("Try", child.Operation{Row: name, System: s}, new(struct{}), patience)
			if err == nil {
				continue
			}
			if h.rows[name] == nil {
				h.rows[name] = map[ops.System]string{}
			}
			switch {
			case errors.Is(err, child.ErrTime):
				h.rows[name][s] = fmt.Sprintf("too slow, three take more than %v", patience)
				p = nil
			case errors.Is(err, child.ErrCrash):
				h.rows[name][s] = err.Error()
				p = nil
			default:
				h.rows[name][s] = err.Error()
			}
		}
	}
}

// ready starts a child and waits until it answers, so that the time of the start does
// not count as slowness.
func ready() (*child.Process, error) {
	p, err := child.Start("")
	if err != nil {
		return nil, err
	}
	if err := p.Call("Ready", struct{}{}, new(struct{}), hung); err != nil {
		return nil, err
	}
	return p, nil
}

func (h *health) stress(s ops.System, patience time.Duration) {
	p, err := child.Start("")
	if err != nil {
		h.note(s, err.Error())
		return
	}
	defer p.Close()
	if err := p.Call("Stress", s, new(struct{}), hung); err != nil {
		h.note(s, "if goroutines outlive their scope, "+err.Error())
	}
}

// crowded matches the part of a row's name that gives the size of the crowd.
var crowded = regexp.MustCompile(`goroutines=\d+$`)

// alone returns the name of the row of the same operation with one goroutine.
func alone(row string) string { return crowded.ReplaceAllString(row, "goroutines=1") }

// broken returns why a system is left out of a row, "" if it is not.
func (h *health) broken(row string, s ops.System) string { return h.rows[alone(row)][s] }

func (h *health) note(s ops.System, status string) {
	if status != "" {
		h.status[s] = status
	}
}

// build returns why a system is not linked.
func build(s ops.System) string {
	peer := ops.Peers[s]
	out, err := exec.Command("go", "build", peer.Module).CombinedOutput()
	if err == nil {
		return "left out with -tags " + peer.Tag
	}
	return "does not build: " + firstError(out, err)
}

// firstError returns the first error in a compiler's output.
func firstError(out []byte, err error) string {
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "go: downloading") {
			return line
		}
	}
	return err.Error()
}

// inheritedPackage is this program with als/inherit.
const inheritedPackage = "github.com/seed-1938943e/goroutine/bench/inherited"

// BuildInherited builds the program with als/inherit into the file binary, whose path is
// absolute. The caller may be in any directory while the source of this package lies where
// it was compiled. Otherwise, as with -trimpath, the caller must be in the repository.
func BuildInherited(binary string) error {
	cmd := exec.Command("go", "build", "-o", binary, inheritedPackage)
	if _, file, _, _ := runtime.Caller(0); filepath.IsAbs(file) {
		if dir := filepath.Dir(file); isDir(dir) {
			cmd.Dir = dir
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("does not build, try it in the repository: %s", firstError(out, err))
	}
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// startInherited builds and starts the program with als/inherit. If it cannot, it
// returns nil and the reason.
func startInherited() (*child.Process, string) {
	dir, err := os.MkdirTemp("", "bench-inherited-")
	if err != nil {
		return nil, err.Error()
	}
	defer os.RemoveAll(dir) // a running program does not need its file
	binary := filepath.Join(dir, "inherited.exe")
	if err := BuildInherited(binary); err != nil {
		return nil, err.Error()
	}
	p, err := child.Start(binary)
	if err != nil {
		return nil, err.Error()
	}
	var inherits bool
	if err := p.Call("Inherits", struct{}{}, &inherits, hung); err != nil {
		p.Close()
		return nil, err.Error()
	}
	if !inherits {
		p.Close()
		return nil, inheritedPackage + " does not import als/inherit"
	}
	return p, ""
}
