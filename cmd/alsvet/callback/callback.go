// Package callback defines the analyzer of functions that run on another goroutine.
package callback

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/check"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/place"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/rewrite"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/schedulers"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/usage"
)

const doc = `report callbacks that will run without the stores of als

A function that is passed to a timer, a worker pool or a group runs on another
goroutine, without the stores of the caller. In a module that uses als it should be
bound:

	pool.Submit(work)               pool.Submit(als.Bind(work))
	time.AfterFunc(d, expire)       als.AfterFunc(d, expire)
	jobs <- func() { work(x) }      jobs <- als.Bind(func() { work(x) })
	SafeGo(work)                    SafeGo(als.Bind(work))

Functions such as SafeGo, which start a parameter, send it on a channel or queue it,
are found in all packages that are analyzed, those of other modules included. So are
methods of interfaces that are named Go, Submit, Spawn, InvokeAsync or the like. The flag
funcs lists more such functions, by full name and separated by commas:
path/of/package.Function or (*path/of/package.Type).Method. Append =go to one that starts
a goroutine in each call. A list that begins with + is added to the default list.

These callbacks are not reported:

  - those that are bound, and those that begin with a Run, WithScope or EnterWith of their own
  - those that read no store and call nothing that could
  - those that run in a go statement of the package which gets a finding of gostmt with a fix,
    or whose function begins with a Run of its own
  - those that only notify a listener, as its type says
  - those of a timer in a field to which the call that sets it gives nothing, unless they
    run functions out of a list, or of a value such as a call or a job
  - those that print with package log, and those that may work for others and could read a
    store only where they log; with -logs, they are
  - handlers that a function such as AddListener or OnEviction registers for all callers
  - those in main and init, where no store can be set
  - those in tests; with -tests, they are
  - those for which each call starts a goroutine, if the program imports als/inherit

A callback that also works for other callers gets no fix: it must not be bound. Neither
does a value that may be nil, since als.Bind panics on nil.`

// Analyzer reports callbacks that are not bound.
var Analyzer = &analysis.Analyzer{
	Name:     "callback",
	Doc:      doc,
	Requires: check.Requires(),
	Run:      run,
}

var tests, inherit, logs bool

func init() {
	Analyzer.Flags.Var(&schedulers.Known, "funcs", "the functions that run their arguments later, as `list`; +list adds to the default")
	Analyzer.Flags.BoolVar(&logs, "logs", false, "also report callbacks that could read a store only where they log")
	Analyzer.Flags.BoolVar(&tests, "tests", false, "also report callbacks in tests")
	Analyzer.Flags.BoolVar(&inherit, "inherit", false, "the programs import als/inherit")
}

// A checker checks one package.
type checker struct {
	check.Base
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{check.New(pass)}
	if c.Flow.LeftOut {
		return nil, nil
	}
	for cur := range c.Flow.Root.Preorder((*ast.CallExpr)(nil), (*ast.SendStmt)(nil), (*ast.AssignStmt)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.CallExpr:
			if !c.insideScheduler(cur) {
				c.call(cur, n)
			}
		case *ast.SendStmt:
			c.value(cur, flow.Runs{Elsewhere: true, Name: flow.Text(n.Chan)}, n.Value)
		case *ast.AssignStmt:
			for queue, value := range c.Flow.Queued(cur, n) {
				c.value(cur, flow.Runs{Elsewhere: true, Name: flow.Text(queue)}, value)
			}
		}
	}
	c.parallelTests()
	c.Report()
	return nil, nil
}

func (c *checker) call(cur inspector.Cursor, call *ast.CallExpr) {
	for i, arg := range call.Args {
		runs := c.Flow.Runs(call, i)
		switch {
		case !runs.Elsewhere || c.toldAtStart(call, i):
		case runs.Listed && c.givesMethod(call, i):
			c.function(cur, runs, arg)
		default:
			c.value(cur, runs, arg)
		}
	}
}

// givesMethod reports whether the i-th parameter of a function is an interface with methods, such as a
// Job of a cron, so that a method runs, and no function in a field.
func (c *checker) givesMethod(call *ast.CallExpr, i int) bool {
	sig, ok := c.Pass.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok || i >= sig.Params().Len() {
		return false
	}
	iface, ok := sig.Params().At(i).Type().Underlying().(*types.Interface)
	return ok && iface.NumMethods() > 0
}

// toldAtStart reports whether the analyzer gostmt says to use als.Go in the go statements that
// run the i-th argument of a call: they read a store themselves, and work only for the caller.
// With als.Go the argument runs with the caller's stores.
func (c *checker) toldAtStart(call *ast.CallExpr, i int) bool {
	callees := c.Flow.Callees(call.Fun)
	if callees.Unknown || len(callees.Foreign)+len(callees.Params) > 0 {
		return false
	}
	for _, f := range callees.Funcs {
		starts := c.Flow.StartsOf(f, i)
		if len(starts) == 0 || slices.ContainsFunc(starts, func(cur inspector.Cursor) bool { return !c.told(cur) }) {
			return false
		}
	}
	return len(callees.Funcs) > 0
}

// told reports whether what a go statement runs has the right stores: its function begins with stores
// of its own, or the analyzer gostmt, without flags, says to use als.Go.
func (c *checker) told(cur inspector.Cursor) bool {
	if c.OwnContext(cur.Node().(*ast.GoStmt).Call.Fun) {
		return true
	}
	verdict, loses, silent := c.Loses(cur, check.Settings{})
	return loses && !silent && verdict.Answer == serves.Starter && !c.Comments.Silences("gostmt", cur.Node().Pos())
}

// insideScheduler reports whether a node is in a function of the list itself. Its
// callers bind the function that it is given.
func (c *checker) insideScheduler(cur inspector.Cursor) bool {
	for decl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		fn, ok := c.Pass.TypesInfo.Defs[decl.Node().(*ast.FuncDecl).Name].(*types.Func)
		if !ok {
			return false
		}
		_, listed := schedulers.Known[known.Name(fn)]
		return listed
	}
	return false
}

// value checks a value that goes to another goroutine: a function, or a struct literal
// with functions in it.
func (c *checker) value(cur inspector.Cursor, runs flow.Runs, value ast.Expr) {
	switch e := ast.Unparen(value).(type) {
	case *ast.UnaryExpr, *ast.CompositeLit:
		if lit := flow.Literal(e); lit != nil {
			c.fields(cur, runs, lit)
		}
	case *ast.CallExpr:
		for field, arg := range c.Flow.Kept(e) {
			if c.isJob(field) {
				c.function(cur, runs, arg)
			}
		}
		c.function(cur, runs, value)
	case *ast.Ident:
		c.assigned(cur, runs, e)
		if lit := c.literalOf(e); lit != nil {
			c.fields(cur, runs, lit)
			return
		}
		c.function(cur, runs, value)
	default:
		c.function(cur, runs, value)
	}
}

// assigned checks the functions in fields of a local variable that is sent or given away. One that is put
// into a list is left out: a list of such values may be no queue.
func (c *checker) assigned(cur inspector.Cursor, runs flow.Runs, id *ast.Ident) {
	if isAssignment(cur) {
		return
	}
	for field, fun := range c.Flow.Fields(c.Flow.Assigned.Variable(id)) {
		if c.isJob(field) {
			c.function(cur, runs, fun)
		}
	}
}

// literalOf returns the struct literal that a local variable holds, nil for others.
func (c *checker) literalOf(id *ast.Ident) *ast.CompositeLit {
	v := c.Flow.Assigned.Variable(id)
	if v == nil || c.Flow.OwnerOf(v) == nil {
		return nil
	}
	values, _ := c.Flow.Assigned.Values(v)
	if len(values) != 1 {
		return nil
	}
	return flow.Literal(values[0])
}

func (c *checker) fields(cur inspector.Cursor, runs flow.Runs, lit *ast.CompositeLit) {
	for i, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			elt = kv.Value
		}
		if c.job(lit, i) {
			c.function(cur, runs, elt)
		}
	}
}

// function reports a function that runs elsewhere, if it could read a store.
func (c *checker) function(cur inspector.Cursor, runs flow.Runs, fun ast.Expr) {
	pos := fun.Pos()
	if !isFunction(c.Pass.TypesInfo, fun) || !c.Uses.Uses(pos) || runs.Starts && (inherit || c.Uses.Inherits(pos)) ||
		place.WithoutStores(c.Pass, cur) || c.Flow.CarriesParam(fun) {
		return
	}
	reads := c.Flow.CallbackReads(cur, fun)
	if reads == flow.Never {
		return
	}
	active := tests || !usage.IsTest(c.Pass, pos)
	if c.Flow.Assigned.Bound(fun) {
		c.bound(cur, fun, active)
		return
	}
	d := analysis.Diagnostic{Pos: pos, End: fun.End()}
	verdict := c.Judge.Goroutine(cur, fun, nil)
	switch {
	case verdict.Answer == serves.NoStores || verdict.Accepts || verdict.Idle:
		return
	case !logs && reads <= verdict.Silent():
		return
	case verdict.Answer == serves.Others:
		d.Message = fmt.Sprintf("the callback of %s also works for other callers (%s), which would see this caller's stores if it were bound: "+
			"bind what callers submit instead, or silence this finding with a reason", runs.Name, verdict.Why)
	case verdict.Answer == serves.Unclear:
		d.Message = fmt.Sprintf("%s runs its argument on another goroutine, without the caller's stores: "+
			"bind it with als.Bind if it works only for this caller (%s)", runs.Name, verdict.Why)
	case runs.Listed:
		d.Message = "the callback of " + runs.Name + " runs without the caller's stores: bind it with als.Bind"
	case isAssignment(cur):
		d.Message = "a function that is queued in " + runs.Name + " runs without the stores of the function that queues it: bind it with als.Bind"
	case isSend(cur):
		d.Message = "a function that is sent on " + runs.Name + " runs without the sender's stores: bind it with als.Bind"
	default:
		d.Message = runs.Name + " runs its argument on another goroutine, without the caller's stores: bind it with als.Bind"
	}
	var forms func() []rewrite.Form
	if verdict.Answer == serves.Starter && !(nonNil{c.Flow, c.Pass.TypesInfo}).proves(cur, fun, 0) {
		d.Message += " where it is set, or only if it is not nil"
	} else if verdict.Answer == serves.Starter && usage.Requires(c.Pass.Fset.File(pos).Name()) {
		forms = func() []rewrite.Form { return fixes(c.Pass, cur, runs.Name, fun) }
	}
	c.Add(active, d, forms)
}

// bound checks a function that is bound already: it must serve only its caller.
func (c *checker) bound(cur inspector.Cursor, fun ast.Expr, active bool) {
	verdict := c.Judge.Goroutine(cur, fun, nil)
	if verdict.Answer == serves.Others && c.Flow.Callees(fun).Bound {
		c.Comments.Report(c.Pass, active, analysis.Diagnostic{
			Pos: fun.Pos(),
			End: fun.End(),
			Message: fmt.Sprintf("the callback also works for other callers (%s), and als.Bind shows them this caller's stores: "+
				"do not bind it, but what callers submit", verdict.Why),
		})
	}
}

func isAssignment(cur inspector.Cursor) bool {
	_, ok := cur.Node().(*ast.AssignStmt)
	return ok
}

func isSend(cur inspector.Cursor) bool {
	_, ok := cur.Node().(*ast.SendStmt)
	return ok
}

// isFunction reports whether an argument is a function that could read a store. The
// functions that cancel a context.Context read none.
func isFunction(info *types.Info, arg ast.Expr) bool {
	tv := info.Types[arg]
	if tv.Type == nil || tv.IsNil() {
		return false
	}
	if named, ok := types.Unalias(tv.Type).(*types.Named); ok && named.Obj().Pkg() != nil {
		switch named.Obj().Pkg().Path() + "." + named.Obj().Name() {
		case "context.CancelFunc", "context.CancelCauseFunc":
			return false
		}
	}
	return flow.IsFunc(tv.Type)
}
