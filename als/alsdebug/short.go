package alsdebug

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how many bytes of a name, a label or a place are shown.
const maxShown = 200

// short makes one line of printable characters of a text that the program chose. It
// escapes other characters as Go does, and cuts a long text and appends its length.
func short(s string) string {
	whole := len(s)
	if len(s) > maxShown {
		s = s[:maxShown]
		for range utf8.UTFMax - 1 { // do not cut a character
			if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
				break
			}
			s = s[:len(s)-1]
		}
	}
	clean := s
	if strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) {
		quoted := strconv.Quote(s)
		clean = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	}
	if whole > maxShown {
		return fmt.Sprintf("%s… (%d bytes)", clean, whole)
	}
	return clean
}
