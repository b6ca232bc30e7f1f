// Package browsertest tests the page of package alsdebug in a real browser: Debian's
// Chromium, driven without a window. It is a module of its own, outside of the
// workspace, because it needs a library that drives browsers.
//
//	cd als/alsdebug/browsertest && go test
//	go test -trimpath -run Screenshot -screenshot ../../../docs/debug.png
package browsertest
