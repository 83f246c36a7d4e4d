// The same for programs and tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network.hpp"
