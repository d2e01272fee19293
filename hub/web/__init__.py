"""The web part: API and console joined in one application, who may use it, and how it is served."""
