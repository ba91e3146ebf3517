"""What each output partner receives of the open run, beside mParticle's own form."""

from inspector.desktop.partners.pane import PartnersPane

__all__ = ["PartnersPane"]
