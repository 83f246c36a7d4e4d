import unittest

import check_coroutines as subject


class Findings(unittest.TestCase):
    def test_a_closure_made_inside_is_found_where_the_wait_begins(self):
        self.assertEqual(subject.findings("x;\nco_await run(\n    [a](int b) { return a + b; });"), [2])

    def test_one_without_parameters_is_found(self):
        self.assertEqual(subject.findings("const auto r = co_await post(where, [&] { go(); });"), [1])

    def test_a_named_one_is_fine(self):
        self.assertEqual(subject.findings("auto work = [a] { go(a); };\nco_await run(std::move(work));"), [])

    def test_an_index_an_attribute_and_a_comment_are_fine(self):
        for text in (
            "co_await rooms[3](x);",
            "co_await run(names[i], f(x)); // or [a] {}",
            'co_await say("[a] {", x);',
            "co_await wait(); if (x) call([a] {});",
            "call([a] () -> Task<void> { co_await a; }, [b] {});",
        ):
            self.assertEqual(subject.findings(text), [], text)


if __name__ == "__main__":
    unittest.main()
