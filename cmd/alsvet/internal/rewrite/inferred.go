package rewrite

import (
	"go/ast"
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/known"
)

// Inferred reports whether an argument is a generic function whose type arguments come
// from its parameter. A variable, or the parameter of another function, would not have
// them.
func Inferred(info *types.Info, arg ast.Expr) bool {
	_, ok := info.Instances[known.Identifier(arg)]
	return ok
}
