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
	github.com/stretchr/testify v1.12.1
	github.com/timandy/routine v1.1.6
	golang.org/x/term v0.32.0
	gonum.org/v1/gonum v0.16.0
	gonum.org/v1/plot v0.15.2
)

require (
	codeberg.org/go-fonts/liberation v0.5.0 // indirect
	codeberg.org/go-latex/latex v0.1.0 // indirect
	codeberg.org/go-pdf/fpdf v0.10.0 // indirect
	git.sr.ht/~sbinet/gg v0.6.0 // indirect
	github.com/ajstarks/svgo v0.0.0-20211024235047-1546f124cd8b // indirect
	github.com/campoy/embedmd v1.0.0 // indirect
	github.com/golang/freetype v0.0.0-20170609003504-e2365dfdc4a0 // indirect
	github.com/gopherjs/gopherjs v1.21.0 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/exp v0.0.0-20241009180824-f66d83c29e7c // indirect
	golang.org/x/image v0.25.0 // indirect
	golang.org/x/sys v0.33.0 // indirect
	golang.org/x/text v0.23.0 // indirect
)
