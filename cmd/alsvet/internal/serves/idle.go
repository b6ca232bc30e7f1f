package serves

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// idle reports whether a goroutine that serves others gets no work that had stores where
// it was submitted, so that nothing is lost when it has none. Stays says that it is known to
// serve others for long.
func (j *Judge) idle(w *walker, stays bool, fun ast.Expr, args []ast.Expr) bool {
	if f := w.starter; f.Obj != nil && endsName.MatchString(f.Obj.Name()) {
		return false // what the end of a value starts is the rest of its last caller's work
	}
	for _, wait := range w.waits {
		if wait.kind == work && wait.carries {
			return false // functions or jobs: any caller may have sent them
		}
		if !wait.decides() {
			continue
		}
		stays = true
		switch wait.kind {
		case accept, queued, job:
			return false
		case again:
			if !w.timer {
				return false // a tree that is walked in parallel
			}
		}
	}
	return (stays || w.timer) && !w.handed && j.flow.Reads(fun, args) < flow.Does
}

// idleHelper reports whether a goroutine that may serve others runs no function that
// others handed over, and does not read a store itself.
func (j *Judge) idleHelper(w *walker, fun ast.Expr, args []ast.Expr) bool {
	return !w.handed && !w.ofJob() && j.flow.Reads(fun, args) < flow.Does && !j.passesOn(w)
}

// onlyReads reports whether the goroutine's own function reads in a loop, such as packets of a
// connection, or copies a stream, calls no function that was handed over, and could read a store only
// where it logs.
func (j *Judge) onlyReads(w *walker, fun ast.Expr, args []ast.Expr) bool {
	if reads := j.flow.Reads(fun, args); w.handed || reads == flow.Never || reads > flow.Logs {
		return false
	}
	for _, wait := range w.waits {
		if (wait.kind == read || wait.kind == tick) && wait.own {
			return true
		}
	}
	return w.copies
}

// endsName matches the names of functions that end something, or wait until it has ended.
var endsName = regexp.MustCompile(`^((?i:finish|force|do|try|graceful|gracefully|wait)?(?i:close|shutdown|stop|cancel|disconnect|teardown|clean_?up|dispose|destroy|release|terminate|evict))([A-Z_].*)?$`)

// onlyEnds reports whether all that could read a store in the function of a goroutine are calls
// that end something, as their names say, or log, and run no function that was handed over. What is
// called Close is followed to what it calls (flow.OnlyCloses). What has another such name is not: it
// must be given no work.
func (j *Judge) onlyEnds(w *walker, fun ast.Expr, args []ast.Expr) bool {
	if j.flow.Reads(fun, args) > flow.Never && j.flow.OnlyCloses(fun) {
		return true
	}
	if w.handed || w.values || w.first == nil || w.first.Body() == nil || j.flow.Reads(fun, args) == flow.Does {
		return false
	}
	if w.first.Obj != nil {
		return endsName.MatchString(w.first.Obj.Name()) && !j.isCommand(args) && !j.passesOn(w)
	}
	ends, only := false, true
	for cur := range w.first.Cursor.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		tv := j.info.Types[call.Fun]
		name := known.Identifier(call.Fun)
		_, isLit := ast.Unparen(call.Fun).(*ast.FuncLit)
		switch {
		case tv.IsType() || tv.IsBuiltin() || isLit:
		case name != nil && endsName.MatchString(name.Name) && !j.isCommand(call.Args):
			ends = ends || j.flow.Assigned.Variable(call.Fun) != nil || j.flow.Reads(call.Fun, call.Args) > flow.Logs
		default:
			only = only && j.flow.Reads(call.Fun, call.Args) <= flow.Logs
		}
	}
	return ends && only && !j.passesOn(w)
}

// isCommand reports whether a call is given a context and a value: it may send a command about the
// value, such as the release of a lock, whatever its name is. What is only given a context ends
// its receiver.
func (j *Judge) isCommand(args []ast.Expr) bool {
	context, value := false, false
	for _, arg := range args {
		t := j.info.TypeOf(arg)
		switch {
		case t == nil || flow.IsFunc(t) || isError(t):
		case flow.IsContext(t):
			context = true
		default:
			value = true
		}
	}
	return context && value
}

// passesOn reports whether the function of a goroutine, or one that it calls, starts
// another goroutine that serves only this one: the stores are lost on the way to it.
func (j *Judge) passesOn(w *walker) bool {
	if w.first == nil || j.asking[w.first] {
		return false
	}
	j.asking[w.first] = true
	defer delete(j.asking, w.first)
	for _, f := range append([]*flow.Func{w.first}, w.first.Callees()...) {
		for cur := range f.Cursor.Preorder((*ast.GoStmt)(nil)) {
			call := cur.Node().(*ast.GoStmt).Call
			if j.flow.Enclosing(cur) == f && j.flow.GoroutineReads(call) > flow.Never &&
				j.startedFrom(anywhere, cur, f, call.Fun, call.Args).carries() {
				return true
			}
		}
	}
	return false
}

// carries reports whether stores may be lost on the way to the goroutine.
func (v Verdict) carries() bool { return v.Answer == Starter || v.lent }

// isWokenForWork reports whether the function around a wait for a sync.Cond may then have work.
// It has none if it returns plain data, as a queue of bytes does.
func (j *Judge) isWokenForWork(wait ast.Expr) bool {
	cur, ok := j.flow.Root.FindNode(wait)
	if !ok {
		return true
	}
	f := j.flow.Enclosing(cur)
	if f == nil {
		return true
	}
	data := false
	for result := range f.Signature().Results().Variables() {
		t := result.Type()
		switch {
		case isError(t):
		case types.IsInterface(t) || carries(t, j.pass.Pkg, 0):
			return true
		default:
			basic, ok := t.Underlying().(*types.Basic)
			data = data || !ok || basic.Kind() != types.Bool
		}
	}
	return !data
}

// isHandler reports whether a function is a method of an interface that users of the module
// implement, as its name says. A method of an interface of another module is that of a client.
func (j *Judge) isHandler(fn *types.Func) bool {
	if !isInterface(fn) || errorName.MatchString(fn.Name()) {
		return false
	}
	named, ok := types.Unalias(fn.Signature().Recv().Type()).(*types.Named)
	if !handlerName.MatchString(fn.Name()) && !(ok && listenerName.MatchString(named.Obj().Name()) && !isInternal(fn.Pkg().Path())) {
		return false
	}
	m := j.pass.Module
	if isInternal(fn.Pkg().Path()) && fn.Pkg() != j.pass.Pkg {
		return false // users of the module cannot implement that
	}
	return m == nil || fn.Pkg() == j.pass.Pkg || fn.Pkg().Path() == m.Path || strings.HasPrefix(fn.Pkg().Path(), m.Path+"/")
}

// handles reports whether a value is a handler: a function, or an interface with a method of one.
func (j *Judge) handles(e ast.Expr) bool {
	t := j.info.TypeOf(e)
	if t == nil || flow.IsCancel(t) {
		return false
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return flow.IsFunc(t)
	}
	for m := range iface.Methods() {
		if handlerName.MatchString(m.Name()) && !errorName.MatchString(m.Name()) {
			return true
		}
	}
	return false
}

// isInternal reports whether only the packages around one can import it.
func isInternal(path string) bool {
	return slices.Contains(strings.Split(path, "/"), "internal")
}

var (
	// handlerName matches the names of methods of interfaces that users implement. Methods that
	// are called with errors, see errorName, are a way to log.
	handlerName = regexp.MustCompile(`^(On|Handle|Serve|Process|Run|Do|Call|Invoke|Exec|Execute|Notify|Dispatch|Deliver|Apply)([A-Z].*)?$`)

	// listenerName matches the names of interfaces that users implement to get events.
	listenerName = regexp.MustCompile(`Listener$`)

	errorName = regexp.MustCompile(`^(On|Handle)Err(or)?s?$`)

	popName = regexp.MustCompile(`^(Next|Pop|Take|Dequeue|next|pop|take|dequeue)([A-Z].*)?$`)
)
