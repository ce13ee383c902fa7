"""The layout gate: a scene is played without drawing, and what is on screen is measured against rules.

    geometry     boxes, hulls, polygons and paths in the plane
    stage        what is on screen at one moment, as measured pieces in projected frame coordinates
    rules        what is wrong with one moment, a function for each rule
    reading      the words on screen through time
    watch        plays a scene, follows what is wrong through time and makes findings of it
    waivers      what an author has allowed, and why
    measure      figures of a scene's look and pace
    report       findings as text, as JSON and as pictures

Each rule, its threshold and how to waive it: docs/checks.md.
"""
