#!/usr/bin/env bash
# Installs what pip cannot: ffmpeg, a LaTeX subset, a software OpenGL, Pango's headers and the fonts.
# Usage: system_packages.sh [--tests]     (--tests adds what the tests drive a real window with)
set -euo pipefail

APT_PACKAGES=(
    python3-venv python3-dev gcc pkg-config         # to build ManimPango, which has no Linux wheel
    libcairo2-dev libpango1.0-dev
    libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri     # EGL and llvmpipe: OpenGL without a screen or a GPU
    ffmpeg dvisvgm
    texlive-latex-base texlive-latex-recommended texlive-latex-extra lmodern
    fonts-lmodern fonts-inconsolata
)
TEST_PACKAGES=(xvfb xclip libxrandr2 libxinerama1)
BREW_PACKAGES=(ffmpeg pango cairo pkg-config)
BREW_CASKS=(basictex font-latin-modern font-inconsolata)
TEX_PACKAGES=(standalone preview dvisvgm lm xcolor)

[ "${1:-}" = "--tests" ] && APT_PACKAGES+=("${TEST_PACKAGES[@]}")

case "$(uname -s)" in
Linux)
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian or Ubuntu: install these by your own package manager, then run make again:" >&2
        echo "  ${APT_PACKAGES[*]}" >&2
        exit 1
    fi
    missing=()
    for package in "${APT_PACKAGES[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && exit 0
    install="apt-get install -y --no-install-recommends ${missing[*]}"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=(env DEBIAN_FRONTEND=noninteractive)
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
    else
        echo "Some system packages are missing and this user may not install them. As root, run:" >&2
        echo "  apt-get update && $install" >&2
        exit 1
    fi
    echo "Installing system packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" $install >/dev/null
    ;;
Darwin)
    if ! command -v brew >/dev/null; then
        echo "Homebrew is missing (see brew.sh). Then run:" >&2
        echo "  brew install ${BREW_PACKAGES[*]} && brew install --cask ${BREW_CASKS[*]}" >&2
        exit 1
    fi
    brew list "${BREW_PACKAGES[@]}" >/dev/null 2>&1 || brew install "${BREW_PACKAGES[@]}"
    brew list --cask "${BREW_CASKS[@]}" >/dev/null 2>&1 || brew install --cask "${BREW_CASKS[@]}"
    eval "$(/usr/libexec/path_helper)" # BasicTeX has just put itself on the PATH
    kpsewhich standalone.cls lmodern.sty >/dev/null || sudo tlmgr install "${TEX_PACKAGES[@]}"
    ;;
*)
    echo "No recipe for $(uname -s): needed are ffmpeg, LaTeX with standalone and dvisvgm, Pango, and the" >&2
    echo "fonts Latin Modern Roman and Inconsolata." >&2
    exit 1
    ;;
esac
