// Package serves judges whether a goroutine serves only the function that starts it, or
// other callers, too. A goroutine that serves others must not carry its starter's stores,
// since their work would see them. So als.Go is right only where the answer is Starter.
//
// The rules, in the order in which they are asked:
//
//  1. Started once for all. The go statement is below a sync.Once, or behind a test of
//     a field or package variable that the function then sets (lazily, by
//     compare-and-swap, by LoadOrStore, by a method that reports whether it was the first,
//     see mark.go, or by the first element of a list), and the starter does not wait for it: Others.
//     What is set to nil, marks an end, such as a field closed, or is only set on the way to a
//     return, starts nothing.
//  2. Work of others. In a loop, also in functions that it calls, the goroutine receives
//     from a shared channel, reads from a shared connection, accepts, waits for a
//     sync.Cond, or loops while a shared condition holds; or it runs functions that
//     come out of a shared queue, or works on a job that it takes from a shared channel
//     (takes.go); or it calls something that serves, such as (*http.Server).Serve; or it
//     loops for ever, starts itself again, or sets the timer again that runs it; or it loops
//     over what a method has taken out of a shared list: Others. Unclear where the starter
//     takes it out and starts a goroutine for each. To give back a place in a semaphore that
//     the starter took is not to wait. A loop that only waits for a condition or until a time,
//     and one that reads far below the goroutine's function, as decoders do, do not count.
//     Neither does a loop far below a function of another package. Where the goroutine calls
//     Done of a WaitGroup of the call, or sends to what its starter gives to the call that it
//     returns, a caller waits for it: Unclear.
//  3. The starter is a server itself: the go statement is in a loop of kind 2, or in a
//     function that only such goroutines call, or main, with no Run on the way (server.go).
//     Then there are no stores to lose: NoStores. Where the starter goes on to serve, or only
//     goroutines of rule 8 call it: Unclear.
//  4. It makes something for all later callers, under its own test (build.go): Others.
//  5. The starter waits for it, through a local WaitGroup, group or channel, or for the pool in
//     a field that it gives the function to (pool.go): Starter, or
//     Unclear where rule 2 holds: it serves others only while its starter waits. What
//     accepts connections serves others all the same. A group that the starter makes and
//     keeps in a field is waited for by another method: that is Unclear, too. To receive
//     in an event loop is not to wait, and neither is to receive one value of a goroutine
//     that goes on to send (join.go). What the starter registers, returns or hands to another
//     goroutine runs later, and is no wait either (there.go).
//  6. It produces for the starter: it sends to a channel that the starter made and
//     returns, does not read from a connection, and nothing of rule 2 holds: Starter.
//     It may call Next of an iterator that the starter was given: no other goroutine does.
//     A function of another package that is given the channel to send to sends for it.
//     A method of the returned value that receives work in a loop does not count.
//     Examples are pages, listers, and the updates of a watcher that ends.
//  7. Something of the call goes to it (passes.go), also where a function of the package is given
//     the goroutine's function and gives that something. All its loops end by themselves, or with
//     what the starter made, or take work from a channel that the starter keeps and end with what
//     it was given. No other goroutine that may run on ends them, and the caller of the starter ends
//     none that only ticks (ended.go). It does not try again until it succeeds, and no call of
//     another package or an interface may run on: none whose name says so (Run, Watch) and that
//     returns nothing for its caller to use, that copies until a stream ends, or that is given a
//     context in a field: Starter.
//  8. Otherwise: Unclear. It gets a finding and no fix, as with Others. So does what calls a
//     function that another caller may have set: one out of a field, table or list that others
//     share and that is no hook (hook.go), or one that a method or a function of another package
//     returns; and what works on a batch that it, or its starter, takes out of a shared list (batch.go).
//     What a function of this package returns is followed. A parameter of a function that
//     has returned when the goroutine starts is such a function, unless it is given something of
//     the call that starts the goroutine and no method keeps it in a field (kept.go).
//  9. What rule 5 or 7 would call the starter's is Unclear all the same if it calls a function that
//     serves, as its name says (Start, Loop), if it is an actor of a run.Group, a job of a cron or a
//     flight of a singleflight, or if it is a literal that only calls a method of what it is given,
//     such as a listener.
//
// The starter also waits (rule 5) if it gives the function to a call that runs it on another
// goroutine and waits for that (callee.go), and if it gives the channel that the goroutine sends to
// to a call that ranges over it.
//
// A verdict is Idle where no function hands work to the goroutine: it ticks, waits for
// signals, reads from a connection, or receives plain data, calls no function values but
// settings (setting.go), and does not read a store. Its starter's stores must not reach
// it, and as a plain go statement they do not, so that there is nothing to say (idle.go).
// Idle is also what a goroutine starts that may serve others: that one is reported. So is what
// only ends something, what only starts goroutines for others, what waits for a signal of the
// process, what sets up the value that its starter returns, what only notifies a listener, what
// only works by the clock (clock.go), and the function of a timer that belongs to a value or
// sets itself again (timer.go). What the end of a value starts, in a method such as Stop, is not Idle: it is the
// rest of its last caller's work.
//
// Shared is what is reached through a receiver, a package variable, or a value that
// the starter returns or stores (origin.go). What is only a parameter of the starter
// is Given: it may belong to one request or to all.
package serves

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

// Analyzer reports nothing. Its result is a *Judge.
var Analyzer = &analysis.Analyzer{
	Name:       "alsserves",
	Doc:        "judge whether goroutines serve only the functions that start them",
	Requires:   []*analysis.Analyzer{flow.Analyzer},
	Run:        run,
	FactTypes:  []analysis.Fact{new(Stays), new(Marks), new(Joins), new(Ticks), new(Takes)},
	ResultType: reflect.TypeFor[*Judge](),
}

// Stays is a fact about a function that serves others for as long as it runs.
type Stays struct {
	Why     string
	Accepts bool
}

func (*Stays) AFact() {}

func (s *Stays) String() string { return "stays: " + s.Why }

// An Answer names those that a goroutine serves.
type Answer int

// The answers.
const (
	Starter  Answer = iota
	NoStores        // the starter has no stores
	Unclear
	Others
)

// A Verdict is the answer with its reason, for a message.
type Verdict struct {
	Answer Answer
	Why    string

	// Accepts says that it serves others by accepting connections. They begin
	// without stores, so that nothing is lost with a go statement.
	Accepts bool

	// Once says that it serves others because only the first caller starts it, and all
	// later ones use it.
	Once bool

	lent bool // it calls a function that others may have set
	tree bool // it serves others only as it starts itself again, as one that walks a tree does

	// Idle says that it serves others, but gets no work that had stores where it was
	// submitted, so that nothing is lost with a go statement; or that it only reads from a
	// connection and logs.
	Idle bool
}

// Silent returns the greatest reading for which the goroutine is not reported: that of printing with
// package log, and unless it works for its starter alone, that of logging. The loggers that packages
// are given know the request more often than the standard logger does.
func (v Verdict) Silent() flow.Reading {
	if v.Answer == Starter {
		return flow.Prints
	}
	return flow.Logs
}

// A Judge judges the goroutines of a package. Analyzers use it at the same time, so no answer may
// depend on what was asked before.
type Judge struct {
	mu        sync.Mutex // of what follows
	pass      *analysis.Pass
	flow      *flow.Package
	info      *types.Info
	once      map[*flow.Func]bool   // functions that run below a sync.Once
	escapes   map[*types.Var]Origin // of local variables, once looked for
	uses      map[*types.Func][]inspector.Cursor
	standings map[*flow.Func]standing // where they run, once looked for
	verdicts  map[question]Verdict    // of goroutines, once judged
	vars      map[*types.Var][]inspector.Cursor
	asking    map[*flow.Func]bool // by passesOn
	joining   map[parameter]bool  // whether their goroutines are waited for, once looked for
	waited    map[ast.Expr]bool   // functions whose goroutines are waited for, once looked for
	waiting   bool                // joinsArgument looks for it
	ending    map[ast.Node]bool   // goroutines that endedElsewhere judges
}

func run(pass *analysis.Pass) (any, error) {
	p := pass.ResultOf[flow.Analyzer].(*flow.Package)
	j := &Judge{pass: pass, flow: p, info: pass.TypesInfo, escapes: make(map[*types.Var]Origin), verdicts: make(map[question]Verdict),
		asking: make(map[*flow.Func]bool), joining: make(map[parameter]bool), waited: make(map[ast.Expr]bool), ending: make(map[ast.Node]bool)}
	if len(p.Funcs()) == 0 {
		return j, nil
	}
	j.findOnce()
	for _, f := range p.Funcs() {
		if f.Obj == nil || !f.Obj.Exported() {
			continue
		}
		if j.isMark(f) {
			pass.ExportObjectFact(f.Obj, new(Marks))
		}
		if params := j.joinsOf(f); len(params) > 0 {
			pass.ExportObjectFact(f.Obj, &Joins{params})
		}
		if f.Fact.Reads == flow.Could && j.ticks(f) && j.maintains(j.walk(f, nil)) {
			pass.ExportObjectFact(f.Obj, new(Ticks))
		}
		if f.Body() == nil {
			continue
		}
		w := j.walk(f, nil)
		if stays := w.staysAlone(f); stays != nil {
			pass.ExportObjectFact(f.Obj, stays)
		}
		if takes := w.takes(); takes != nil {
			pass.ExportObjectFact(f.Obj, takes)
		}
	}
	return j, nil
}

// staysAlone judges a function by itself, as if its receiver were shared.
func (w *walker) staysAlone(f *flow.Func) *Stays {
	for _, wait := range w.waits {
		// A loop with a condition often ends, as one that fills a pool, a signal is often
		// that of a quota, and one that reads, or is far below, may only decode a value.
		if !wait.decides() || wait.kind == while || wait.kind == stop || wait.kind == job {
			continue
		}
		if wait.kind == accept || wait.kind != read && wait.shallow || serverName.MatchString(f.Name()) {
			return &Stays{Why: wait.why, Accepts: wait.kind == accept}
		}
	}
	return nil
}

// Goroutine judges the goroutine that runs fun with args, started at cur: by a go
// statement, or a call such as als.Go.
func (j *Judge) Goroutine(cur inspector.Cursor, fun ast.Expr, args []ast.Expr) Verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.goroutine(cur, fun, args)
}

func (j *Judge) goroutine(cur inspector.Cursor, fun ast.Expr, args []ast.Expr) Verdict {
	starter := j.flow.Enclosing(cur)
	if starter == nil {
		return Verdict{Answer: Others, Why: "it is started with the program"}
	}
	at := j.runsOn(starter)
	if at == servers {
		return Verdict{Answer: NoStores}
	}
	asked := question{cur.Node(), fun, at}
	verdict, done := j.verdicts[asked]
	if !done {
		verdict = j.started(at, cur, starter, fun, args)
		j.verdicts[asked] = verdict
	}
	return verdict
}

// A question is what a node starts, and where its function runs.
type question struct {
	at       ast.Node
	fun      ast.Expr
	standing standing
}

// started judges a goroutine by where its starter runs.
func (j *Judge) started(at standing, cur inspector.Cursor, starter *flow.Func, fun ast.Expr, args []ast.Expr) Verdict {
	if j.startedByServer(cur, starter) {
		if j.brings(args) {
			return Verdict{Answer: Unclear, Why: "the loop that starts it may take its work from other callers"}
		}
		return Verdict{Answer: NoStores}
	}
	return j.startedFrom(at, cur, starter, fun, args)
}

// startedFrom is started for a goroutine that no loop of a server starts.
func (j *Judge) startedFrom(at standing, cur inspector.Cursor, starter *flow.Func, fun ast.Expr, args []ast.Expr) Verdict {
	w := &walker{judge: j, starter: starter, visited: make(map[visit]bool)}
	_, w.plain = cur.Node().(*ast.GoStmt)
	if call, ok := cur.Node().(*ast.CallExpr); ok {
		w.timer = j.isAfterFunc(call)
		if assign, ok := cur.Parent().Node().(*ast.AssignStmt); ok && w.timer && len(assign.Lhs) == 1 {
			w.kept = j.flow.Assigned.Variable(assign.Lhs[0])
			if field, ok := ast.Unparen(assign.Lhs[0]).(*ast.SelectorExpr); ok {
				w.keeper = typeName(j.info.TypeOf(field.X))
			}
		}
		w.handedTo(call, fun)
	}
	w.start(fun, args)
	joined := j.joined(cur, starter, w)
	if call, ok := cur.Node().(*ast.CallExpr); ok {
		joined = joined || j.calleeJoins(call, fun)
	}
	v := j.verdict(w, at, joined, cur, starter, fun, args)
	if v.Answer == Starter && j.flow.IsKept(starter) {
		return Verdict{Answer: Unclear, Why: "the literal that starts it is kept, and may be called for others"}
	}
	if why := j.endedByCaller(w, fun); why != "" && v.Answer == Starter && !joined {
		return Verdict{Answer: Unclear, Why: why}
	}
	if call, ok := cur.Node().(*ast.CallExpr); ok && j.returnsResult(call, fun) {
		v.Idle = false
		return v
	}
	if v.Idle || joined || w.awaited || v.Answer != Unclear && v.Answer != Others || j.flow.Reads(fun, args) == flow.Does {
		return v
	}
	v.Idle = w.ofService() || j.byTheClock(w, fun) || j.ofValue(w, starter, fun, args) || j.setsItselfAgain(w, starter, fun, args)
	return v
}

// returnsResult reports whether a call returns what a function returns that it is given: its caller
// waits for that, although the function runs elsewhere.
func (j *Judge) returnsResult(call *ast.CallExpr, fun ast.Expr) bool {
	sig, ok := j.info.TypeOf(fun).Underlying().(*types.Signature)
	if !ok || sig.Results().Len() == 0 || isError(sig.Results().At(0).Type()) {
		return false
	}
	result := sig.Results().At(0).Type()
	if tuple, ok := j.info.TypeOf(call).(*types.Tuple); ok {
		return tuple.Len() > 0 && types.Identical(tuple.At(0).Type(), result)
	}
	return types.Identical(j.info.TypeOf(call), result)
}

func (j *Judge) verdict(w *walker, at standing, joined bool, cur inspector.Cursor, starter *flow.Func, fun ast.Expr, args []ast.Expr) Verdict {
	if j.onlyEnds(w, fun, args) {
		return Verdict{Answer: Unclear, Why: "it only ends something", Idle: true}
	}
	if w.listens && j.flow.Reads(fun, args) < flow.Does {
		return Verdict{Answer: Unclear, Why: w.told, Idle: true}
	}
	if w.signals && j.flow.Reads(fun, args) < flow.Does {
		return Verdict{Answer: Others, Why: "it waits for a signal of the process", Idle: true}
	}
	if idle := !w.handed && j.flow.Reads(fun, args) < flow.Does; at == uncertain && (idle || !joined) {
		return Verdict{Answer: Unclear, Why: "it is started by a goroutine that may work for others", Idle: idle}
	}
	if why := j.distributed(w, starter, fun, args); why != "" {
		return Verdict{Answer: Unclear, Why: why}
	}
	if why := j.helps(cur, starter); why != "" {
		return Verdict{Answer: Unclear, Why: why}
	}
	if why := j.startedOnce(cur, starter); why != "" && (!joined || w.byEntry) {
		stays := w.lasts() || !j.passes(w, starter, fun, args) && !j.passesOn(w)
		return Verdict{Answer: Others, Why: why, Once: true, Accepts: w.accepts(), Idle: j.idle(w, stays, fun, args)}
	}
	if what := j.builds(w); what != "" && !joined {
		return Verdict{Answer: Others, Why: what, Idle: j.flow.Reads(fun, args) < flow.Does}
	}
	if why := j.endedElsewhere(w, cur); why != "" && !joined {
		return Verdict{Answer: Unclear, Why: why, Idle: w.beats() && j.idle(w, true, fun, args)}
	}
	if !joined && len(w.waits) == 0 && !w.handed && j.onlyStarts(w) {
		return Verdict{Answer: Unclear, Why: "it only starts goroutines that work for others", Idle: true}
	}
	for _, wait := range w.waits {
		switch {
		case !wait.decides() || joined && wait.kind == while:
		case (joined || j.makesGroup(cur, starter)) && wait.kind != accept: // it may serve others for as long as its starter waits
			return Verdict{Answer: Unclear, Why: w.reason(wait)}
		case wait.ends && j.feeds(starter, w): // others may end it, but it works for the receivers of its channel
			return Verdict{Answer: Unclear, Why: w.reason(wait)}
		case (w.awaited || wait.kind == work && j.pipes(starter, w)) && wait.kind != accept: // a caller waits that has the WaitGroup, or gets the results
			return Verdict{Answer: Unclear, Why: w.reason(wait)}
		default:
			return Verdict{Answer: Others, Why: w.reason(wait), Accepts: wait.kind == accept, tree: w.onlyAgain(),
				Idle: (wait.kind == tick || w.takesWork() || !j.feeds(starter, w)) && j.idle(w, false, fun, args)}
		}
	}
	if !joined && !w.handed && j.couldOnly(fun, args) && j.setsUp(w, starter, fun, args) {
		return Verdict{Answer: Unclear, Why: "it works for the value that its starter returns", Idle: !j.passesOn(w)}
	}
	if !joined && !j.produces(starter, w) && (j.couldOnly(fun, args) || w.hooks) && !j.passes(w, starter, fun, args) {
		return Verdict{Answer: Unclear, Why: cmp.Or(w.borrowed, "the call that starts it passes nothing to it"), lent: w.borrowed != "" || w.hooks, Idle: j.idleHelper(w, fun, args)}
	}
	if why := j.batched(w, starter, fun, args); why != "" && !joined {
		return Verdict{Answer: Unclear, Why: why, lent: w.hooks}
	}
	if why := cmp.Or(j.lasts(cur), w.told, w.serving, servesAll(joined, starter)); why != "" {
		return Verdict{Answer: Unclear, Why: why}
	}
	if len(w.waits) == 0 && w.unknown == "" && w.borrowed == "" && w.stays == "" && j.keepsTimer(w, cur, fun) == "" && j.startsItself(w) == "" || joined || j.produces(starter, w) {
		return Verdict{Answer: Starter, Idle: j.onlyReads(w, fun, args)}
	}
	if why := w.mayStay(); why != "" {
		return Verdict{Answer: Unclear, Why: why, Idle: w.waitsForEnd() && j.idleHelper(w, fun, args) || w.ofReturned() && j.idle(w, true, fun, args)}
	}
	if why := j.startsItself(w); why != "" {
		return Verdict{Answer: Unclear, Why: why}
	}
	if why := cmp.Or(w.borrowed, w.unknown, w.stays); why != "" {
		return Verdict{Answer: Unclear, Why: why, lent: w.borrowed != "" || w.hooks}
	}
	if why := j.keepsTimer(w, cur, fun); why != "" {
		return Verdict{Answer: Unclear, Why: why}
	}
	return Verdict{Answer: Starter}
}

// couldOnly reports whether the function of a goroutine could read a store, and does not for
// certain.
func (j *Judge) couldOnly(fun ast.Expr, args []ast.Expr) bool {
	reads := j.flow.Reads(fun, args)
	return reads > flow.Never && reads < flow.Does
}

// Joined reports whether the function that starts a goroutine waits for it.
func (j *Judge) Joined(cur inspector.Cursor, fun ast.Expr, args []ast.Expr) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.joins(cur, fun, args)
}

func (j *Judge) joins(cur inspector.Cursor, fun ast.Expr, args []ast.Expr) bool {
	starter := j.flow.Enclosing(cur)
	if starter == nil {
		return false
	}
	w := &walker{judge: j, starter: starter, visited: make(map[visit]bool)}
	w.start(fun, args)
	return j.joined(cur, starter, w)
}

// position says where something is, for a message.
func (j *Judge) position(pos token.Pos) string {
	p := j.flow.Pass.Fset.PositionFor(pos, false)
	return filepath.Base(p.Filename) + ":" + strconv.Itoa(p.Line)
}
