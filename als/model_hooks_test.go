//go:build hooks

package als_test

import (
	"fmt"

	"github.com/seed-1938943e/goroutine/hooks"
)

// With the tag hooks the random programs have async resources, too. It is a tag since
// als.Go and what it costs are tested without package hooks.
func init() { moreOps = times(6, opResource) }

// opResource makes a resource, or binds a function to one.
func opResource(w *worker, s step) bool {
	creator := hooks.ExecutionAsyncID()
	m := w.machine
	var r *hooks.AsyncResource
	var call func()
	inside := func() {
		if id := hooks.ExecutionAsyncID(); id != r.AsyncID() {
			m.fail("in resource %d the ID is %d", r.AsyncID(), id)
		}
		if id := hooks.TriggerAsyncID(); id != creator {
			m.fail("the resource of %d was triggered by %d", creator, id)
		}
		if got := hooks.ExecutionAsyncResource(); got != r {
			m.fail("in resource %v the resource is %v", r, got)
		}
		m.current.body()
	}
	switch s.how % 3 {
	case 0:
		call, r = hooks.Bind(inside, "MODEL")
	case 1:
		r = hooks.NewAsyncResource("MODEL")
		call = r.Bind(inside)
	default:
		r = hooks.NewAsyncResource("MODEL")
		call = func() { r.RunInAsyncScope(inside) }
	}
	b := bound{typ: fmt.Sprintf("AsyncResource %d", r.AsyncID()), stores: w.model.capture()}
	b.call = func(int) (wrong string) {
		outside := hooks.ExecutionAsyncID()
		defer func() {
			if id := hooks.ExecutionAsyncID(); id != outside {
				m.fail("after resource %d the ID is %d, was %d", r.AsyncID(), id, outside)
			}
		}()
		call()
		return ""
	}
	w.logf("bound %d = %s", save(&w.bound, b, s), b.typ)
	return false
}
