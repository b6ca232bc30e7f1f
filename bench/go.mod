module github.com/seed-1938943e/goroutine/bench

go 1.24.0

replace github.com/seed-1938943e/goroutine => ../

require (
	github.com/alphadose/haxmap v1.4.0
	github.com/jtolds/gls v4.20.0+incompatible
	github.com/klauspost/cpuid/v2 v2.2.11
	github.com/modern-go/gls v0.0.0-20250215024828-78308f6bb19d
	github.com/petermattis/goid v0.0.0-20260820044319-269ab09b5261
	github.com/puzpuzpuz/xsync/v4 v4.5.0
	github.com/schollz/progressbar/v3 v3.18.0
	github.com/seed-1938943e/goroutine v0.0.0
	github.com/timandy/routine v1.1.6
	golang.org/x/term v0.32.0
	gonum.org/v1/gonum v0.16.0
)

require (
	github.com/gopherjs/gopherjs v1.21.0 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	golang.org/x/exp v0.0.0-20221031165847-c99f073a8326 // indirect
	golang.org/x/sys v0.33.0 // indirect
)
