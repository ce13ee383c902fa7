"""Scenes with waivers that do not cover what a careless author hopes they cover. See test_waivers in test_check.py."""
# ruff: noqa: F403, F405

from manimlib import *


class GroupDoesNotExcuseItsParts(Scene):
    def construct(self):
        # Two labels of one group collide, and the group has a waiver
        labels = VGroup(Text("first"), Text("second"))
        labels.waive = {"L001": "the group may lie on other things"}
        self.add(labels)
        self.wait()


class OtherFindingsStay(Scene):
    def construct(self):
        # A waiver for its size says nothing of what lies on it
        small, other = Text("small", font_size=14), Text("other")
        small.waive = {"L004": "it is a texture"}
        self.add(small, other)
        self.wait()


class OneCommentForTwo(Scene):
    def construct(self):
        # Two small texts, and one waiver that names none
        # darkroom: allow L004 because one of them is a texture
        one, two = Text("one", font_size=14), Text("two", font_size=14).shift(UP)
        self.add(one)
        self.wait()
        self.add(two)
        self.wait()


class CommentsWithNames(Scene):
    def construct(self):
        # Two small texts, one waived by its name
        # darkroom: allow L004 one because it is a texture
        one, two = Text("one", font_size=14), Text("two", font_size=14).shift(UP)
        self.add(one)
        self.wait()
        self.add(two)
        self.wait()


class OnlyInItsBeat(Scene):
    def construct(self):
        # Allow it here
        # darkroom: allow L004 because this one is a texture
        self.add(Text("one", font_size=14))
        self.wait()

        # But not here
        self.add(Text("two", font_size=14).shift(UP))
        self.wait()


class NotNeeded(Scene):
    def construct(self):
        # Allow what never happens
        # darkroom: allow L002 because it did once
        text = Text("fine")
        text.waive = {"L003": "it used to stand outside"}
        self.add(text)
        self.wait()


class NotUnderstood(Scene):
    def construct(self):
        # Write waivers that are none
        # darkroom: allow L004
        # darkroom: ignore everything
        self.add(Text("fine"))
        self.wait()


class WithoutReason(Scene):
    def construct(self):
        # Allow it, but do not say why
        text = Text("small", font_size=14)
        text.waive = {"L004": ""}
        self.add(text)
        self.wait()
