//go:build !unix

package inherit_test

// Where processes have no signals of their own the rows about them stand untested.
func init() {
	waysElsewhere["`signal.Notify`, a goroutine that receives"] = "starter"
	waysElsewhere["`signal.NotifyContext` with `context.AfterFunc`"] = "starter"
}
