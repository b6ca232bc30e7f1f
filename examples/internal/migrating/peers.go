//go:build peers

package migrating

import (
	_ "github.com/cloudwego/localsession" // go.mod must know what the programs import
	_ "github.com/jtolds/gls"
	_ "github.com/modern-go/gls"
	_ "github.com/timandy/routine"
)
