package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"

	"carryover/internal/desk"
	"carryover/web/paper"
)

// A preview as a page is one file that asks nobody for anything: its policy
// admits its own style and nothing else, no script, no picture, no form. The
// note's HTML is written anew by package paper.

// pageStyle is all the style there is; the policy names it by its digest.
const pageStyle = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 0 1rem 3rem; }
.banner { margin: 1rem 0; padding: .75rem 1rem; border: .2rem solid #b45309; border-radius: .5rem; }
.sandbox { border-style: dashed; }
article { border: 1px solid #8888; border-radius: .5rem; padding: .5rem 1.5rem; overflow-wrap: anywhere; }
article p, article div { margin: 0; min-height: 1.5em; }
article h1 { font-size: 1.4rem; } article h2 { font-size: 1.15rem; }
`

var page = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en-AU">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{.Policy}}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Draft preview {{.Mark}}</title>
<style>{{.Style}}</style>
</head>
<body>
<header>
<p class="banner"><strong>Draft preview.</strong> This is what would be filed. Nothing was sent. The page holds clinical text: delete the file when you have read it.</p>
{{- if .Sandbox}}
<p class="banner sandbox"><strong>SANDBOX.</strong> Everybody in it is invented.</p>
{{- end}}
<p>{{.Mark}}, patient {{or .Patient "not decided"}}, practitioner {{or .Practitioner "not known"}}, {{.State}}{{with .Becomes}}; {{.}}{{end}}</p>
</header>
<main>
<h1>{{.Title}}</h1>
<article>{{.Body}}</article>
</main>
</body>
</html>
`))

// notePage returns a preview as a page. Its title is the document's mark: a
// browser keeps titles in its history.
func notePage(p desk.Preview, sandbox bool) ([]byte, error) {
	body, err := paper.Clean(paper.Form(p))
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(pageStyle))
	var out bytes.Buffer
	err = page.Execute(&out, struct {
		desk.Item
		Title, Becomes, Policy string
		Style                  template.CSS
		Body                   template.HTML
		Sandbox                bool
	}{
		Item: p.Item, Title: visible(p.Title), Becomes: becomes(p), Sandbox: sandbox,
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'",
		Style:  pageStyle, Body: body,
	})
	if err != nil {
		return nil, fmt.Errorf("write the preview as a page: %w", err)
	}
	return out.Bytes(), nil
}
