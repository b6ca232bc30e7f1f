package serves

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/analysis"
)

// Takes is a fact about a method that takes one job from a channel in its receiver, for its caller
// to work on. The sender may be another caller.
type Takes struct{ Why string }

func (*Takes) AFact() {}

func (t *Takes) String() string { return "takes: " + t.Why }

var _ analysis.Fact = (*Takes)(nil)

// takes judges a function by itself, as staysAlone does.
func (w *walker) takes() *Takes {
	for _, wait := range w.waits {
		if wait.kind == job && wait.decides() {
			return &Takes{Why: wait.why}
		}
	}
	return nil
}

// takesJob reports whether a receive takes the work of its sender: the value has functions or a
// context. It does not if the value is dropped or is a result, or if it is a resource that goes back to
// the channel or can be closed.
func (b *body) takesJob(ch ast.Expr, elem types.Type) bool {
	if origin := b.origin(ch); origin == Own || origin == Unknown || b.statement(ch) || !carries(elem, b.judge.pass.Pkg, 0) {
		return false
	}
	if closer, _, _ := types.LookupFieldOrMethod(elem, true, nil, "Close"); closer != nil || resultType.MatchString(typeName(elem)) {
		return false
	}
	field := b.judge.flow.Assigned.Variable(ch)
	for cur := range b.f.Cursor.Preorder((*ast.SendStmt)(nil)) {
		if field != nil && b.judge.flow.Assigned.Variable(cur.Node().(*ast.SendStmt).Chan) == field {
			return false
		}
	}
	return true
}

// resultType matches the names of types of values that come back from a call.
var resultType = regexp.MustCompile(`(?i)(resp|response|result|res|reply|answer|outcome)$`)
