package serves

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/schedulers"
)

// A kind says what a goroutine waits for.
type kind int

const (
	work    kind = iota // a value from a channel, to be worked on
	stop                // a signal: struct{}, bool, error, a context's end
	tick                // time
	read                // a call such as Read, Recv, Next
	accept              // a call such as Accept, Serve
	while               // for cond
	queued              // functions out of a queue
	forever             // a loop without an end
	again               // it starts itself again
)

// A wait is one place where a goroutine may stay.
type wait struct {
	kind    kind
	origin  Origin
	why     string
	shallow bool // the loop is in the goroutine's own function, or near to it
}

// decides reports whether the wait alone shows that others are served.
func (w wait) decides() bool {
	switch w.kind {
	case work, queued, while, tick, again:
		return w.origin >= Returned
	case stop, read:
		return w.origin == Shared && w.shallow // further down it is a quota, or decodes one value
	default:
		return w.origin == Shared
	}
}

// A walker follows what a goroutine runs.
type walker struct {
	judge   *Judge
	starter *flow.Func // nil if a function is judged by itself
	first   *flow.Func // the goroutine's own function, nil if it is none of the package
	visited map[visit]bool
	waits   []wait
	origins map[question]Origin       // of variables, once asked for
	unknown string                    // a call of what cannot be looked into
	timer   bool                      // a timer runs it
	begin   *env                      // of the goroutine's own function
	kept    *types.Var                // the variable or field that the timer is kept in
	handed  bool                      // it calls functions, or works on values, that others handed over
	sent    map[*types.Var]bool       // channels that it sends to or closes
	given   map[*types.Var]bool       // channels that it sends to
	args    map[*types.Var]*types.Var // what the goroutine's function is given for its parameters
	used    map[*types.Var]bool       // variables that it mentions
}

type visit struct {
	f      *flow.Func
	inLoop bool
}

// An env says what the parameters of a function are, in terms of its caller.
type env struct {
	args   map[*types.Var]ast.Expr
	caller *env
}

// A goroutine is followed through so many calls, and so many functions.
const (
	maxDepth = 10
	maxFuncs = 300
)

func (j *Judge) walk(f *flow.Func, e *env) *walker {
	w := &walker{judge: j, first: f, visited: make(map[visit]bool)}
	w.function(f, e, 0, 0)
	return w
}

// start walks the function of a goroutine.
func (w *walker) start(fun ast.Expr, args []ast.Expr) {
	c := w.judge.flow.Callees(fun)
	if len(c.Funcs) == 1 {
		w.first = c.Funcs[0]
		w.args = make(map[*types.Var]*types.Var)
		for i, arg := range args {
			w.args[w.first.Param(i)] = w.judge.root(arg)
		}
	}
	w.callees(c, fun, args, nil, 0, 0)
}

// callees walks what a call may call.
func (w *walker) callees(c flow.Callees, fun ast.Expr, args []ast.Expr, e *env, inLoop, depth int) {
	for _, f := range c.Funcs {
		w.function(f, w.bind(f, fun, args, e), inLoop, depth+1)
	}
	for _, fn := range c.Foreign {
		w.foreign(fn, fun, args, e, inLoop, depth)
	}
	for _, v := range c.Params {
		arg, outer := e.lookup(v)
		if arg == nil {
			w.handed = w.handed || !ownFunction.MatchString(v.Name())
			continue
		}
		w.callees(w.judge.flow.Callees(arg), arg, nil, outer, inLoop, depth+1)
	}
}

func (e *env) lookup(v *types.Var) (ast.Expr, *env) {
	for ; e != nil; e = e.caller {
		if arg := e.args[v]; arg != nil {
			return arg, e.caller
		}
	}
	return nil, nil
}

// bind returns the environment of a call of f.
func (w *walker) bind(f *flow.Func, fun ast.Expr, args []ast.Expr, caller *env) *env {
	e := &env{args: make(map[*types.Var]ast.Expr), caller: caller}
	for i, arg := range args {
		if v := f.Param(i); v != nil {
			e.args[v] = arg
		}
	}
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok && f.Obj != nil {
		if recv := f.Obj.Signature().Recv(); recv != nil {
			if s := w.judge.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
				e.args[recv] = sel.X
			} else if len(args) > 0 { // a method expression
				e.args[recv] = args[0]
			}
		}
	}
	return e
}

// function walks a body.
func (w *walker) function(f *flow.Func, e *env, inLoop, depth int) {
	if f == w.first && w.begin == nil {
		w.begin = e
	}
	v := visit{f, inLoop > 0}
	if w.visited[v] || depth > maxDepth || len(w.visited) == maxFuncs || f.Body() == nil {
		return
	}
	w.visited[v] = true
	b := &body{walker: w, f: f, env: e, inLoop: inLoop, depth: depth}
	b.stmts(f.Body())
}

// A body is one function as it is walked.
type body struct {
	*walker
	f      *flow.Func
	env    *env
	inLoop int // the depth of the outermost loop around that need not end, 0 for none
	depth  int
}

func (b *body) enterLoop() {
	if b.inLoop == 0 {
		b.inLoop = max(b.depth, 1)
	}
}

func (b *body) add(k kind, source ast.Expr, origin Origin, format string) {
	text := ""
	pos := b.f.Node.Pos()
	if source != nil {
		text, pos = " "+flow.Text(source), source.Pos()
	}
	why := "it " + format + text + " (" + b.judge.position(pos) + ")"
	b.waits = append(b.waits, wait{k, origin, why, b.inLoop <= maxShallow})
}

const maxShallow = 3 // calls down from where the goroutine begins

// stmts walks a node, without the goroutines that it starts and the literals in it,
// unless they are called.
func (b *body) stmts(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == b.f.Node
		case *ast.CommClause:
			return !b.timeout(n)
		case *ast.GoStmt:
			if b.f == b.first {
				b.startsAgain(n, n.Call.Fun)
			}
			for _, arg := range n.Call.Args {
				b.stmts(arg)
			}
			return false
		case *ast.Ident:
			b.mention(n)
		case *ast.SendStmt:
			b.send(n.Chan, true)
		case *ast.ForStmt:
			b.forLoop(n)
			return false
		case *ast.RangeStmt:
			b.rangeLoop(n)
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				b.receive(n.X)
			}
		case *ast.CallExpr:
			b.call(n)
		}
		return true
	})
}

func (b *body) mention(id *ast.Ident) {
	if v, ok := b.judge.info.Uses[id].(*types.Var); ok {
		b.mentions(v)
		if arg, _ := b.env.lookup(v); arg != nil {
			b.mentions(b.judge.root(arg))
		}
	}
}

func (w *walker) mentions(v *types.Var) {
	if w.used == nil {
		w.used = make(map[*types.Var]bool)
	}
	w.used[v] = true
}

// send is for a channel that the goroutine sends a value to, or closes.
func (b *body) send(ch ast.Expr, value bool) {
	if b.sent == nil {
		b.sent = make(map[*types.Var]bool)
		b.given = make(map[*types.Var]bool)
	}
	e := b.env
	for root := b.judge.root(ch); root != nil; {
		b.sent[root] = true
		b.given[root] = b.given[root] || value
		arg, outer := e.lookup(root)
		if arg == nil {
			return
		}
		root, e = b.judge.root(arg), outer
	}
}

// forLoop walks a for statement. With a local condition, or three clauses, it ends by
// itself; without a condition it is left from inside, or never.
func (b *body) forLoop(n *ast.ForStmt) {
	inner := *b
	if n.Init != nil {
		b.stmts(n.Init)
	}
	switch {
	case n.Cond == nil:
		inner.enterLoop()
		if !leaves(n.Body) {
			b.add(forever, nil, Shared, "loops for ever")
		}
	case n.Post == nil && b.onlyWaits(n.Body):
	case n.Post == nil && !b.endsLocally(n):
		inner.enterLoop()
		b.add(while, n.Cond, b.worst(n.Cond), "loops while")
	}
	if n.Cond != nil {
		inner.stmts(n.Cond)
	}
	if n.Post != nil {
		inner.stmts(n.Post)
	}
	inner.stmts(n.Body)
}

// onlyWaits reports whether the body of a loop does nothing that could read a store, and
// waits for nothing but a sync.Cond. It waits for the condition, and does no work.
func (b *body) onlyWaits(loop *ast.BlockStmt) bool {
	only := true
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt, *ast.SelectStmt, *ast.FuncLit, *ast.GoStmt:
			only = false
		case *ast.UnaryExpr:
			only = only && n.Op != token.ARROW
		case *ast.CallExpr:
			if tv := b.judge.info.Types[n.Fun]; tv.IsType() || tv.IsBuiltin() {
				return true
			}
			c := b.judge.flow.Callees(n.Fun)
			only = only && len(c.Params) == 0 && !b.judge.flow.CouldRead(n.Fun, n.Args) && !isRead(c.Foreign)
		}
		return only
	})
	return only
}

// timeout walks the clause of a select that leaves the loop when a time has come, and
// reports whether it is one: that is no beat.
func (b *body) timeout(n *ast.CommClause) bool {
	var recv ast.Expr
	switch comm := n.Comm.(type) {
	case *ast.ExprStmt:
		recv = comm.X
	case *ast.AssignStmt:
		recv = comm.Rhs[0]
	}
	arrow, ok := recv.(*ast.UnaryExpr)
	if !ok || len(n.Body) == 0 {
		return false
	}
	ch, ok := b.judge.info.TypeOf(arrow.X).Underlying().(*types.Chan)
	if !ok || channelKind(ch) != tick {
		return false
	}
	switch last := n.Body[len(n.Body)-1].(type) {
	case *ast.ReturnStmt:
	case *ast.BranchStmt:
		if last.Label == nil {
			return false
		}
	default:
		return false
	}
	for _, stmt := range n.Body {
		b.stmts(stmt)
	}
	return true
}

// startsAgain is for a function that a call runs elsewhere: it may be the one that the
// goroutine began with. The literal of the starter's own go statement is found again only
// where the starter calls itself, which is no loop.
func (b *body) startsAgain(at ast.Node, fun ast.Expr) {
	if b.first != nil && (b.first.Obj != nil || b.timer) && slices.Contains(b.judge.flow.Callees(fun).Funcs, b.first) {
		why := "it starts itself again (" + b.judge.position(at.Pos()) + ")"
		b.waits = append(b.waits, wait{kind: again, origin: Shared, why: why})
	}
}

// endsLocally reports whether the loop assigns to what its condition depends on: a local
// variable, or a field.
func (b *body) endsLocally(n *ast.ForStmt) bool {
	tests := make(map[string]bool)
	ast.Inspect(n.Cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := b.judge.info.Uses[n].(*types.Var); ok && b.judge.flow.OwnerOf(v) != nil {
				tests[n.Name] = true
			}
		case *ast.SelectorExpr:
			tests[types.ExprString(n)] = true
			return false
		}
		return true
	})
	found := false
	note := func(e ast.Expr) { found = found || tests[types.ExprString(ast.Unparen(e))] }
	ast.Inspect(n.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				note(lhs)
			}
		case *ast.IncDecStmt:
			note(n.X)
		}
		return !found
	})
	return found
}

// leaves reports whether a loop has a statement that leaves it.
func leaves(loop *ast.BlockStmt) bool {
	found := false
	depth := 0
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO || n.Tok == token.BREAK && (n.Label != nil || depth == 0)
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" {
				found = true
			}
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Goexit" || sel.Sel.Name == "Exit") {
				found = true
			}
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			depth++
			for _, child := range children(n) {
				ast.Inspect(child, visit)
			}
			depth--
			return false
		}
		return !found
	}
	ast.Inspect(loop, visit)
	return found
}

func children(n ast.Node) (list []ast.Node) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == n {
			return true
		}
		if c != nil {
			list = append(list, c)
		}
		return false
	})
	return list
}

func (b *body) rangeLoop(n *ast.RangeStmt) {
	inner := *b
	b.stmts(n.X)
	if t := b.judge.info.TypeOf(n.X); t != nil {
		if ch, ok := t.Underlying().(*types.Chan); ok {
			inner.enterLoop()
			k, origin := channelKind(ch), b.origin(n.X)
			if k == tick { // a ticker never closes its channel
				origin = max(origin, b.receiver())
				if !leaves(n.Body) {
					origin = Shared
				}
			}
			inner.add(k, n.X, origin, "ranges over the channel")
		}
	}
	inner.stmts(n.Body)
}

// receive is for <-ch.
func (b *body) receive(ch ast.Expr) {
	t := b.judge.info.TypeOf(ch)
	if t == nil {
		return
	}
	c, ok := t.Underlying().(*types.Chan)
	if !ok {
		return
	}
	k := channelKind(c)
	switch {
	case b.inLoop > 0 && k == tick: // it ticks for as long as its receiver is in use
		b.add(k, ch, max(b.origin(ch), b.receiver()), "receives in a loop from")
	case b.inLoop > 0:
		b.add(k, ch, max(b.origin(ch), b.owner()), "receives in a loop from")
	case isFunction(c.Elem()) && b.origin(ch) > Own:
		b.add(queued, ch, b.origin(ch), "runs what comes from")
	}
}

// receiver returns the origin of the method's receiver.
func (b *body) receiver() Origin {
	if b.f.Obj == nil || b.f.Obj.Signature().Recv() == nil {
		return Own
	}
	return b.variable(b.f.Obj.Signature().Recv(), b.env, 0)
}

// owner returns Given if the goroutine's function is a method of a value that the starter
// makes and returns: it may serve all users of that value. Otherwise it returns Own.
func (b *body) owner() Origin {
	if b.first == nil || b.starter == nil {
		return Own
	}
	first := &body{walker: b.walker, f: b.first, env: b.begin}
	if first.receiver() == Returned {
		return Given
	}
	return Own
}

func channelKind(c *types.Chan) kind {
	switch t := c.Elem().Underlying().(type) {
	case *types.Struct:
		if t.NumFields() == 0 {
			return stop
		}
		if types.TypeString(c.Elem(), nil) == "time.Time" {
			return tick
		}
	case *types.Basic:
		if _, named := types.Unalias(c.Elem()).(*types.Named); t.Kind() == types.Bool || named && t.Info()&types.IsInteger != 0 {
			return stop // or another signal, such as the state of a connection
		}
	case *types.Interface:
		switch types.TypeString(c.Elem(), nil) {
		case "error", "os.Signal":
			return stop
		}
	}
	return work
}

// call walks a call.
func (b *body) call(n *ast.CallExpr) {
	info := b.judge.info
	tv := info.Types[n.Fun]
	if tv.IsType() {
		return
	}
	if tv.IsBuiltin() {
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "close" {
			b.send(n.Args[0], false)
		}
		return
	}
	if b.inLoop > 0 && known.Is(info, n, "time.Sleep") {
		b.add(tick, n.Fun, b.receiver(), "calls in a loop")
	}
	if sel, ok := n.Fun.(*ast.SelectorExpr); ok && b.kept != nil && known.Is(info, n, "(*time.Timer).Reset") &&
		b.judge.flow.Assigned.Variable(sel.X) == b.kept {
		b.waits = append(b.waits, wait{kind: again, origin: Shared, why: "it sets its timer again (" + b.judge.position(n.Pos()) + ")"})
	}
	for i, arg := range n.Args {
		if isFunction(info.TypeOf(arg)) && b.judge.flow.Runs(n, i).Elsewhere {
			b.startsAgain(n, arg)
		}
	}
	c := b.judge.flow.Callees(n.Fun)
	b.queued(n)
	if c.Unknown {
		b.dynamic(n)
	}
	b.handed = b.handed || b.worksOnHanded(n)
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
			b.add(queued, source, b.origin(source), "runs functions out of")
		}
	}
}

// dynamic is for calls of unknown function values.
func (b *body) dynamic(n *ast.CallExpr) {
	v := b.judge.flow.Assigned.Variable(n.Fun)
	b.handed = b.handed || v == nil || !ownFunction.MatchString(v.Name())
	if v == nil {
		return
	}
	if serverName.MatchString(v.Name()) {
		b.suspect(v.Name())
	}
}

var (
	readName   = regexp.MustCompile(`^(Read|Recv|Receive|Next|Poll|Fetch|Scan|Wait|Pop|Take|Dequeue|read|recv|receive|next|poll|fetch|scan|wait|pop|take|dequeue)([A-Z].*)?$`)
	acceptName = regexp.MustCompile(`^(Accept|Serve|ListenAndServe|accept|serve)([A-Z].*)?$`)
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
	w.handed = w.handed || !std && isInterface(fn) && handlerName.MatchString(name)
	var source ast.Expr
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok {
		source = sel.X
	}
	w.arguments(fn, std, args, e, inLoop, depth)
	if known.Name(fn) == "(*sync.Cond).Wait" {
		if inLoop > 0 {
			b.handed = true // with what it is woken for
			b.add(read, source, b.origin(source), "waits for")
		}
		return
	}
	if fact := new(Stays); w.judge.pass.ImportObjectFact(fn.Origin(), fact) {
		k := work
		if fact.Accepts {
			k = accept
		}
		b.waits = append(b.waits, wait{kind: k, origin: Shared, why: "it calls " + flow.Text(fun) + ", and " + fact.Why})
		return
	}
	switch {
	case acceptName.MatchString(name) && name != "ServeHTTP" && (inLoop > 0 || name != "Accept"):
		b.add(accept, fun, Shared, "calls")
	case std && (known.Name(fn) == "time.Sleep" || name == "Wait" && fn.Pkg().Path() == "sync"):
	case inLoop > 0 && isRead([]*types.Func{fn}) && len(args) > 0:
		b.add(read, args[0], b.origin(args[0]), name+"s in a loop from")
	case inLoop > 0 && (readName.MatchString(name) || std && name == "Decode") && source != nil && w.judge.isValue(source):
		b.add(read, source, max(b.origin(source), min(b.receiver(), Given)), name+"s in a loop from")
	case !std && inLoop == 0 && isInterface(fn) && serverName.MatchString(name):
		b.suspect(flow.Text(fun))
	}
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

func (w *walker) suspect(name string) {
	if w.unknown == "" {
		w.unknown = "it calls " + name + ", which may stay"
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

func isInterface(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// isValue reports whether an expression is no package name.
func (j *Judge) isValue(e ast.Expr) bool {
	tv, ok := j.info.Types[e]
	return ok && tv.IsValue()
}
