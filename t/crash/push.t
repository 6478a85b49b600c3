# A pusher is killed anywhere, or loses the database's answer to any of its
# statements: each event arrives, those of a meeting in order.

use Cal::Test;
use Cal::Test::PushCrash;

Cal::Test::PushCrash->every_point;
Cal::Test::PushCrash->every_answer;

done_testing;
