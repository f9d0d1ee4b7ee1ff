package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"carryover"
	"carryover/internal/desk"
)

type tokenKey struct{}

// tokenOf is the token with which a request was allowed.
func tokenOf(ctx context.Context) desk.Token {
	t, _ := ctx.Value(tokenKey{}).(desk.Token)
	return t
}

// allowed lets requests through that show a good token of a scope. Wrong ones
// are slowed down by address, and only once they are known to be wrong: whoever
// sends rubbish from the address of a proxy keeps nobody else out.
func (s *Server) allowed(o *limits, scope carryover.Scope, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t, err := s.Desk.Bearer(r.Context(), bearer(r))
		switch {
		case errors.Is(err, desk.ErrNoToken):
			if wait := o.wrong.wait(address(r)); wait > 0 {
				tooOften(wait).write(w)
				return
			}
			s.Log.Warn("token refused", "path", r.Pattern)
			noBearer.write(w)
		case err != nil:
			s.Log.Error("token not looked up", "err", err)
			troubleOf(err).write(w)
		case t.Scope != string(scope):
			s.Log.Warn("token of another scope refused", "token", t.ID, "scope", t.Scope, "path", r.Pattern)
			wrongScope.write(w)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tokenKey{}, t)))
		}
	})
}

// bearer is the token that a request shows; not set: none.
func bearer(r *http.Request) carryover.Secret {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return carryover.Secret{}
	}
	return carryover.NewSecret(token)
}
