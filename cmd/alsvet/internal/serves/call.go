package serves

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/schedulers"
)

// call walks a call.
func (b *body) call(n *ast.CallExpr) {
	info := b.judge.info
	tv := info.Types[n.Fun]
	if tv.IsType() {
		return
	}
	if tv.IsBuiltin() {
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "close" {
			b.send(n.Args[0], false, false)
		}
		return
	}
	if b.inLoop > 0 && b.inLoop <= maxShallow && known.Is(info, n, "time.Sleep") {
		b.add(repeat, n.Fun, Given, "loops, and pauses in")
	}
	if sel, ok := n.Fun.(*ast.SelectorExpr); ok && b.kept != nil && known.Is(info, n, "(*time.Timer).Reset") &&
		b.judge.flow.Assigned.Variable(sel.X) == b.kept {
		b.waits = append(b.waits, wait{kind: again, origin: Shared, why: "it sets its timer again (" + b.judge.position(n.Pos()) + ")"})
	}
	for i, arg := range n.Args {
		if flow.IsFunc(info.TypeOf(arg)) && b.judge.flow.Runs(n, i).Elsewhere {
			b.startsAgain(n, arg)
		}
	}
	c := b.judge.flow.Callees(n.Fun)
	b.queued(n)
	if c.Unknown {
		b.dynamic(n)
	}
	b.takes(b.worksOnHanded(n))
	b.callees(c, n.Fun, n.Args, b.env, b.inLoop, b.depth)
}

// queued is for calls of function values, or fields of values, out of a queue.
func (b *body) queued(n *ast.CallExpr) {
	switch fun := ast.Unparen(n.Fun).(type) {
	case *ast.Ident, *ast.TypeAssertExpr:
	case *ast.SelectorExpr:
		if b.judge.flow.Assigned.Variable(fun) == nil {
			return // a method
		}
	default:
		return
	}
	if v := b.judge.root(n.Fun); v != nil {
		if source := b.judge.popped(v, 0); source != nil && b.origin(source) > Own {
			b.add(queued, source, b.origin(source), "runs functions that it takes out of")
		}
	}
}

// dynamic is for calls of unknown function values.
func (b *body) dynamic(n *ast.CallExpr) {
	v := b.judge.flow.Assigned.Variable(n.Fun)
	if call, ok := ast.Unparen(n.Fun).(*ast.CallExpr); ok && b.judge.isOfPackageFunc(call) {
		return
	}
	b.runs(n.Fun, v)
	if v == nil {
		return
	}
	if serverName.MatchString(v.Name()) {
		b.suspect(v.Name())
	}
}

var (
	readName   = regexp.MustCompile(`^(Read|Recv|Receive|Next|Poll|Fetch|Scan|Wait|Pop|Take|Dequeue|read|recv|receive|next|poll|fetch|scan|wait|pop|take|dequeue)([A-Z].*)?$`)
	acceptName = regexp.MustCompile(`^[Aa]ccept([A-Z].*)?$`)
	serveName  = regexp.MustCompile(`^(Serve|ListenAndServe|serve)([A-Z].*)?$`)
	serverName = regexp.MustCompile(`(?i)^(run|start|listen|watch|consume|subscribe|work|worker|process|monitor|handle|.*loop|.*check(er|func)?|.*heartbeat|keepalive|refresh|poll)$`)
)

// foreign is for calls of functions of other packages and of interfaces.
func (w *walker) foreign(fn *types.Func, fun ast.Expr, args []ast.Expr, e *env, inLoop, depth int) {
	name := fn.Name()
	b := &body{walker: w, f: w.first, env: e, inLoop: inLoop, depth: depth}
	if w.first == nil {
		b.f = w.starter
	}
	if b.f == nil || fn.Pkg() == nil || known.InModule(fn.Pkg().Path()) {
		return
	}
	std := flow.IsStandard(fn.Pkg().Path())
	w.handed = w.handed || !std && w.judge.isHandler(fn)
	var source ast.Expr
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok && w.judge.isValue(sel.X) {
		source = sel.X
	}
	w.awaited = w.awaited || known.Name(fn) == "(*sync.WaitGroup).Done" && depth <= 1 && b.origin(source) < Returned
	w.copies = w.copies || depth <= maxOwn && strings.HasPrefix(known.Name(fn), "io.Copy")
	b.outlasts(fn, std, source, fun, args)
	b.sendsBy(fn, args)
	w.arguments(fn, std, args, e, inLoop, depth)
	if known.Name(fn) == "(*sync.Cond).Wait" {
		if inLoop > 0 {
			b.takes(b.judge.isWokenForWork(fun))
			b.add(read, source, b.origin(source), "waits for")
		}
		return
	}
	if fact := new(Stays); w.judge.pass.ImportObjectFact(fn.Origin(), fact) {
		k := work
		if fact.Accepts {
			k = accept
		}
		w.handed = w.handed || slices.ContainsFunc(args, w.judge.handles)
		b.waits = append(b.waits, wait{kind: k, origin: Shared, why: "it calls " + flow.Text(fun) + ", and " + fact.Why})
		return
	}
	if fact := new(Takes); inLoop == 0 && source != nil && w.judge.pass.ImportObjectFact(fn.Origin(), fact) {
		b.waits = append(b.waits, wait{kind: job, origin: b.origin(source), why: "it calls " + flow.Text(fun) + ", and " + fact.Why})
		return
	}
	switch {
	case inLoop == 0 && accepts(fn) && source != nil:
		b.add(end, source, b.origin(source), "accepts from")
	case inLoop > 0 && accepts(fn) || serveName.MatchString(name) && !answersOne(fn):
		b.add(accept, fun, Shared, "calls")
	case std && (known.Name(fn) == "time.Sleep" || name == "Wait" && fn.Pkg().Path() == "sync"):
	case inLoop > 0 && isRead([]*types.Func{fn}) && len(args) > 0 && !b.isRandom(args[0]):
		b.add(read, args[0], b.origin(args[0]), "calls "+name+" in a loop on")
	case inLoop > 0 && (readName.MatchString(name) || std && name == "Decode") && source != nil && w.judge.isValue(source) && !queries(fn) && !succeeds(fn):
		b.add(read, source, max(b.origin(source), min(b.receiver(), Given)), "calls "+name+" in a loop on")
		b.waits[len(b.waits)-1].pulls = name == "Next" && w.isGiven(source, e, 0)
	case !std && inLoop == 0 && isInterface(fn) && mayLast(fn, serverName):
		b.suspect(flow.Text(fun))
	}
}

// lastsName matches the names of functions that go on until something outside of them ends, or run a
// whole program.
var lastsName = regexp.MustCompile(`^([Rr]un|[Ss]tart|[Ss]erve|[Ll]isten|[Ww]atch|[Ww]ait|[Ss]ubscribe|[Cc]onsume|[Mm]onitor|[Ff]ollow|[Tt]ail|[Ff]orward|[Pp]roxy|[Rr]elay|[Pp]ump|[Cc]opy|[Ss]tream|[Pp]oll|[Ll]oop|[Kk]eep[Aa]live|[Bb]lock|[Jj]oin|[Mm]ain)([A-Z_].*)?$`)

// startsServer matches the names of functions that may serve others for as long as they run. Run is none:
// tasks of one call have a method Run, too.
var startsServer = regexp.MustCompile(`^([Ss]tart|[Ss]erve|[Ll]isten|[Ll]oop)([A-Z_].*)?$`)

// mayLast reports whether a function may go on until something outside of it ends, as its name
// says. One that returns a value for its caller to use, such as Start of a tracer, does not.
func mayLast(fn *types.Func, name *regexp.Regexp) bool {
	for result := range fn.Signature().Results().Variables() {
		if basic, ok := result.Type().Underlying().(*types.Basic); !isError(result.Type()) && (!ok || basic.Info()&types.IsString != 0) {
			return false
		}
	}
	return name.MatchString(fn.Name())
}

// outlasts notes a call that may last for longer than the function that starts the goroutine: one
// that copies or accepts until something ends, one whose name says so, and one that is given a
// context or a channel which lasts.
func (b *body) outlasts(fn *types.Func, std bool, source ast.Expr, fun ast.Expr, args []ast.Expr) {
	if b.stays != "" || b.depth > maxShallow {
		return
	}
	name := known.Name(fn)
	switch {
	case strings.HasPrefix(name, "io.Copy") && len(args) > 1:
		if b.origin(args[1]) != Own {
			b.stays = "it copies from " + flow.Text(args[1]) + " until that ends"
		}
	case std && (name == "(*os/exec.Cmd).Wait" || name == "(*os.Process).Wait"), accepts(fn):
		if source != nil && b.origin(source) != Own {
			b.stays = "it waits with " + flow.Text(fun)
		}
	case name == "(*golang.org/x/sync/singleflight.Group).Do" && b.origin(source) == Shared:
		b.serving = "other callers that call " + flow.Text(fun) + " with its key get its result, too"
	case name == "(*golang.org/x/time/rate.Limiter).Wait" || name == "(*golang.org/x/time/rate.Limiter).WaitN":
		// It waits for a turn of its own.
	case !std && mayLast(fn, lastsName) && !answersOne(fn) && b.judge.flow.CouldRead(fun, nil):
		b.stays = "it calls " + flow.Text(fun) + ", which may run on after this call"
		if startsServer.MatchString(fn.Name()) {
			b.serving = "it calls " + flow.Text(fun) + ", which may work for others while its starter waits"
		}
	}
	for _, arg := range args {
		if t := b.judge.info.TypeOf(arg); b.stays == "" && !std && t != nil && endsWork(t) && b.origin(arg) == Shared && !b.judge.isEndless(arg) {
			b.stays = "it may run until " + flow.Text(arg) + " ends"
		}
	}
}

// isEndless reports whether a value is a context that never ends, in a package variable.
func (j *Judge) isEndless(e ast.Expr) bool {
	values, complete := j.flow.Assigned.Values(j.flow.Assigned.Variable(e))
	for _, value := range values {
		call, ok := ast.Unparen(value).(*ast.CallExpr)
		complete = complete && ok && known.Is(j.info, call, "context.Background", "context.TODO")
	}
	return complete && len(values) > 0
}

// runs notes a call of the function value fun of the variable or field v, nil for others. One that
// is reached through what others share may be one of theirs.
func (b *body) runs(fun ast.Expr, v *types.Var) {
	b.values = b.values || v == nil || !isOwnFunction(v)
	if v != nil && b.isSetting(fun, v) {
		return
	}
	b.handed = b.handed || v == nil || !b.judge.isConstructed(v) && !isToldOfErrors(v)
	taken := v != nil && (b.judge.isTaken(v) || b.isOfStarter(v)) || b.isOfElement(fun) || b.isOfJob(fun)
	_, isElement := ast.Unparen(fun).(*ast.IndexExpr)
	listed := isElement || v != nil && b.judge.flow.Assigned.Ranged(v) != nil
	b.taken = b.taken || taken
	b.flushes = b.flushes || (taken || listed) && b.depth <= maxOwn
	b.borrows(fun, v)
}

func (b *body) borrows(fun ast.Expr, v *types.Var) {
	switch origin := b.origin(fun); {
	case b.borrowed != "" || origin < Unknown:
	case b.judge.isHook(fun):
		b.hooks = true
	case origin == Unknown:
		b.borrowed = "nothing here shows what " + flow.Text(fun) + " does"
	case v != nil && b.judge.flow.Assigned.Ranged(v) != nil:
		b.borrowed = "it calls the functions in " + flow.Text(b.judge.flow.Assigned.Ranged(v)) + ", which other callers may have set"
	default:
		b.borrowed = "it calls " + flow.Text(fun) + ", which another caller may have set"
	}
}

// endsWork reports whether a type is that of a context, or of a channel that is only closed.
func endsWork(t types.Type) bool {
	if ch, ok := t.Underlying().(*types.Chan); ok {
		return channelKind(ch) == stop
	}
	return flow.IsContext(t)
}

// arguments walks the functions that a function of another package is given to call.
func (w *walker) arguments(fn *types.Func, std bool, args []ast.Expr, e *env, inLoop, depth int) {
	if _, elsewhere := schedulers.Known[known.Name(fn)]; elsewhere {
		return
	}
	calls := w.judge.flow.FactOf(fn).Calls
	for i, arg := range args {
		if t := w.judge.info.TypeOf(arg); t != nil && (std || slices.Contains(calls, i)) {
			if _, isFunc := t.Underlying().(*types.Signature); isFunc {
				w.callees(w.judge.flow.Callees(arg), arg, nil, e, inLoop, depth+1)
			}
		}
	}
}

// accepts reports whether a function waits for a connection or a message, as its name
// says. A method such as AcceptProtocol, which has no error to return, is that of a setting, and
// one such as Accept of a visitor is given what it accepts: a value that is no function.
func accepts(fn *types.Func) bool {
	sig := fn.Signature()
	n := sig.Results().Len()
	if !acceptName.MatchString(fn.Name()) || n == 0 || !isError(sig.Results().At(n-1).Type()) {
		return false
	}
	for param := range sig.Params().Variables() {
		if n == 1 && !flow.IsContext(param.Type()) && !flow.IsFunc(param.Type()) {
			return false
		}
	}
	return true
}

// answersOne reports whether a function serves one request, as ServeHTTP and ServeDNS do: it is given
// what it writes the reply to, or the request. To watch, as Watch(*WatchRequest) does, may go on.
func answersOne(fn *types.Func) bool {
	if !serveName.MatchString(fn.Name()) {
		return false
	}
	for param := range fn.Signature().Params().Variables() {
		if requestName.MatchString(typeName(param.Type())) {
			return true
		}
	}
	return false
}

// requestName matches the names of types of a request, and of the writer of its reply.
var requestName = regexp.MustCompile(`(?i)(request|req|msg|message|responsewriter|replywriter|rw)$`)

func (w *walker) suspect(name string) {
	if w.unknown == "" {
		w.unknown = "it calls " + name + ", which may run on after this call"
	}
}

// isRead reports whether one of the functions reads from its first argument.
func isRead(fns []*types.Func) bool {
	return slices.ContainsFunc(fns, func(fn *types.Func) bool {
		switch known.Name(fn) {
		case "io.ReadFull", "io.ReadAtLeast", "encoding/binary.Read", "net/http.ReadRequest", "net/http.ReadResponse":
			return true
		}
		return false
	})
}

// isRandom reports whether a reader is crypto/rand.Reader, which gives each caller other bytes.
func (b *body) isRandom(reader ast.Expr) bool {
	sel, ok := ast.Unparen(reader).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	v, ok := b.judge.info.Uses[sel.Sel].(*types.Var)
	return ok && v.Pkg() != nil && v.Pkg().Path() == "crypto/rand"
}

// isGiven reports whether a value is the starter's own, or a parameter of it, and no field of one:
// what others share may be in a field.
func (w *walker) isGiven(e ast.Expr, env *env, steps int) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		call, isCall := ast.Unparen(e).(*ast.CallExpr)
		return isCall && w.originOf(call, env, 0) == Own
	}
	v, ok := w.judge.info.Uses[id].(*types.Var)
	if !ok || steps > maxAliases {
		return false
	}
	if arg, outer := env.lookup(v); arg != nil {
		return w.isGiven(arg, outer, steps+1)
	}
	i, isParam := w.judge.flow.ParamIndex(v)
	if !isParam {
		return w.originOf(id, env, 0) == Own
	}
	f := w.judge.flow.OwnerOf(v)
	if f.Obj == nil || f.Obj.Exported() {
		return true
	}
	for _, use := range w.judge.usesOf()[f.Obj] {
		if sel, ok := use.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == use.Node() {
			use = use.Parent()
		}
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if !ok || call.Fun != use.Node() || i >= len(call.Args) || !w.isGiven(call.Args[i], nil, steps+1) {
			return false
		}
	}
	return true
}

// queries reports whether a function returns what is read in turn, such as an iterator: it asks for
// that, and does not wait for the next of what others send.
func queries(fn *types.Func) bool {
	for result := range fn.Signature().Results().Variables() {
		obj, _, _ := types.LookupFieldOrMethod(result.Type(), true, fn.Pkg(), "Next")
		if _, ok := obj.(*types.Func); ok {
			return true
		}
	}
	return false
}

// succeeds reports whether a function returns what comes after the value that it is given, as
// Next(version uint) (uint, error) does: that is not the next value that others send.
func succeeds(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Params().Len() == 0 || sig.Results().Len() == 0 {
		return false
	}
	after := sig.Params().At(sig.Params().Len() - 1).Type()
	_, basic := after.Underlying().(*types.Basic)
	return basic && types.Identical(after, sig.Results().At(0).Type())
}

func isInterface(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// isValue reports whether an expression is no package name.
func (j *Judge) isValue(e ast.Expr) bool {
	tv, ok := j.info.Types[e]
	return ok && tv.IsValue()
}
