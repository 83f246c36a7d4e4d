import os
import tempfile
import unittest

import check_dependencies as subject


def violation(path, included, existing=()):
    return subject.violation(path, included, lambda name: name in existing)


class Violation(unittest.TestCase):
    def test_a_folder_may_include_itself_and_what_lies_below_it(self):
        for path, included in [
            ("base/bytes.cpp", "base/bytes.hpp"),
            ("protocol/object.cpp", "base/bytes.hpp"),
            ("transport/reach/ladder.cpp", "protocol/hello.pb.h"),
            ("transport/reach/ladder.cpp", "transport/link.hpp"),
            ("media/sframe.cpp", "base/result.hpp"),
            ("server/master/rooms.cpp", "server/common/token.hpp"),
            ("server/vistimed/main.cpp", "server/conference/room.hpp"),
            ("client/core/session.cpp", "media/jitter_buffer.hpp"),
            ("client/cli/join.cpp", "client/core/session.hpp"),
            ("system-tests/meeting_test.cpp", "server/master/rooms.hpp"),
            ("bench/forward/main.cpp", "client/core/session.hpp"),
        ]:
            self.assertIsNone(violation(path, included), (path, included))

    def test_a_folder_may_not_include_what_lies_above_or_beside_it(self):
        for path, included in [
            ("base/bytes.cpp", "protocol/object.hpp"),
            ("protocol/object.cpp", "media/sframe.hpp"),
            ("media/sframe.cpp", "protocol/object.hpp"),
            ("media/sframe.cpp", "transport/link.hpp"),
            ("transport/link.cpp", "server/common/token.hpp"),
            ("server/common/token.cpp", "server/master/rooms.hpp"),
            ("server/master/rooms.cpp", "server/conference/room.hpp"),
            ("server/edge/edge.cpp", "server/vistimed/options.hpp"),
            ("server/vistimed/main.cpp", "client/core/session.hpp"),
            ("client/core/session.cpp", "client/cli/join.hpp"),
            ("client/cli/join.cpp", "media/sframe.hpp"),
            ("client/cli/join.cpp", "client/desktop/window.hpp"),
            ("client/core/session.cpp", "server/common/token.hpp"),
        ]:
            self.assertIsNotNone(violation(path, included), (path, included))

    def test_testing_is_for_tests_only(self):
        self.assertIsNone(violation("media/sframe_test.cpp", "testing/clock.hpp"))
        self.assertIsNone(violation("media/sframe_fuzz.cpp", "testing/clock.hpp"))
        self.assertIsNotNone(violation("media/sframe.cpp", "testing/clock.hpp"))

    def test_a_test_obeys_its_folders_rule(self):
        self.assertIsNotNone(violation("media/sframe_test.cpp", "protocol/object.hpp"))

    def test_a_way_around_by_a_relative_path_is_seen(self):
        self.assertIsNotNone(violation("media/sframe.cpp", "../protocol/object.hpp"))
        self.assertIsNone(violation("media/sframe.cpp", "../base/result.hpp"))
        self.assertIsNone(violation("transport/reach/ladder.cpp", "ladder.hpp"))

    def test_a_library_of_debian_is_nobodys_business(self):
        self.assertIsNone(violation("base/log.cpp", "spdlog/spdlog.h"))

    def test_a_role_without_a_rule_is_refused(self):
        self.assertIsNotNone(violation("server/vistimed/main.cpp", "server/karaoke/song.hpp"))


class Check(unittest.TestCase):
    def test_a_finding_names_file_and_line(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "media"))
            os.makedirs(os.path.join(root, "server/karaoke"))
            with open(os.path.join(root, "media/a.cpp"), "w", encoding="utf-8") as file:
                file.write('// first line\n\n#include <vector>\n  #  include "protocol/object.hpp"\n')
            with open(os.path.join(root, "server/karaoke/song.cpp"), "w", encoding="utf-8") as file:
                file.write("\n")
            found = subject.check(root)
        self.assertEqual(len(found), 2, found)
        self.assertTrue(found[0].startswith("media/a.cpp:4: "), found)
        self.assertTrue(found[1].startswith("server/karaoke/song.cpp:1: "), found)

    def test_every_unit_that_a_rule_names_has_a_rule(self):
        for unit, allowed in subject.ALLOWED.items():
            for other in allowed or ():
                self.assertIn(other, subject.ALLOWED, unit)


if __name__ == "__main__":
    unittest.main()
