package alsdebug

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/internal/async"
)

const (
	maxResources   = 10_000 // kept at the same time
	shownResources = 500    // on one page
)

// resources keeps the async resources that were made since the watch began and are not
// destroyed.
type resources struct {
	hook async.Hook

	mu      sync.Mutex
	on      bool
	since   time.Time
	live    map[uint64]*resource
	made    int
	dropped int // those made while maxResources were live
}

type resource struct {
	id, trigger uint64
	typ         string
	made        time.Time
	by          uint64 // the goroutine that made it
	running     int    // calls in progress in its scope
}

// A resourceReport is the part of a list about async resources.
type resourceReport struct {
	On      bool          `json:"on"`
	Since   time.Time     `json:"since,omitzero"`
	Live    int           `json:"live"`
	Made    int           `json:"made"`
	Dropped int           `json:"dropped"`
	Tree    []resourceRow `json:"tree"` // up to shownResources, each before those that it triggered
}

type resourceRow struct {
	ID      uint64    `json:"id"`
	Trigger uint64    `json:"trigger"`
	Depth   int       `json:"depth"` // in the tree, 0 for a root
	Type    string    `json:"type"`
	Made    time.Time `json:"made"`
	By      uint64    `json:"goroutine"` // that made it
	Running int       `json:"running"`
}

// start begins a watch with an empty tree. It does nothing during a watch. From the first
// start on goroutines of als.Go are resources even in programs without package hooks.
func (rs *resources) start() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.on {
		return
	}
	rs.on, rs.since, rs.live, rs.made, rs.dropped = true, time.Now(), make(map[uint64]*resource), 0, 0
	if rs.hook.Init == nil { // an event that began before the last end may still read it
		rs.hook = async.Hook{Init: rs.init, Before: rs.before, After: rs.after, Destroy: rs.destroy}
	}
	async.Identified.Store(true)
	async.EnableHook(&rs.hook)
}

// end ends the watch and keeps the tree.
func (rs *resources) end() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.on {
		async.DisableHook(&rs.hook)
		rs.on = false
	}
}

func (rs *resources) init(id uint64, typ string, trigger uint64, _ any) {
	r := &resource{id: id, trigger: trigger, typ: typ, made: time.Now(), by: goroutine.ID()}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.made++
	if len(rs.live) == maxResources {
		rs.dropped++
		return
	}
	rs.live[id] = r
}

func (rs *resources) before(id uint64) { rs.count(id, 1) }
func (rs *resources) after(id uint64)  { rs.count(id, -1) }

func (rs *resources) count(id uint64, n int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if r := rs.live[id]; r != nil {
		r.running = max(0, r.running+n) // a call may have begun before the watch
	}
}

func (rs *resources) destroy(id uint64) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(rs.live, id)
}

// report returns the tree. Resources whose trigger is not in it are its roots.
func (rs *resources) report() resourceReport {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	report := resourceReport{
		On: rs.on, Since: rs.since, Live: len(rs.live), Made: rs.made, Dropped: rs.dropped, Tree: []resourceRow{},
	}
	children := make(map[uint64][]*resource)
	for _, r := range rs.live {
		parent := r.trigger
		if rs.live[parent] == nil {
			parent = 0
		}
		children[parent] = append(children[parent], r)
	}
	type step struct {
		*resource
		depth int
	}
	var next []step // a stack; a resource has one trigger, so none is pushed twice
	push := func(parent uint64, depth int) {
		below := children[parent]
		slices.SortFunc(below, func(a, b *resource) int { return cmp.Compare(b.id, a.id) })
		for _, r := range below {
			next = append(next, step{r, depth})
		}
	}
	push(0, 0)
	for len(next) > 0 && len(report.Tree) < shownResources {
		r := next[len(next)-1]
		next = next[:len(next)-1]
		report.Tree = append(report.Tree, resourceRow{r.id, r.trigger, r.depth, short(r.typ), r.made, r.by, r.running})
		push(r.id, r.depth+1)
	}
	return report
}
