"""Shell completion, as click writes it."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Example:
      clew completion bash > ~/.local/share/bash-completion/completions/clew
    """
    from click.shell_completion import get_completion_class

    from clew.cli import root

    kind = get_completion_class(shell)
    if kind is None:  # pragma: no cover - click knows the three shells that the choice admits
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(root, {}, "clew", "_CLEW_COMPLETE").source())
