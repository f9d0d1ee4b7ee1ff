package web

import "net/http"

// Muxes are what serves the pages, once Handler was called.
func (s *Server) Muxes() []*http.ServeMux { return s.muxes }
