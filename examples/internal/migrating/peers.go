//go:build peers

package migrating

import (
	_ "github.com/cloudwego/localsession" // keeps the imports of the programs in go.mod
	_ "github.com/jtolds/gls"
	_ "github.com/modern-go/gls"
	_ "github.com/timandy/routine"
)
