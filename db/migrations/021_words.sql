-- How a campaign calls those who take part in it, and what stands on its pages and papers. What is left blank follows from
-- the units and from the campaign itself (app.words, db/security/032_campaigns.sql).

alter table campaigns
  -- the body that leads it, if it is not to be called as its unit is
  add lead_name text,
  add lead_short text,
  -- its department, whom one asks: 网络工作部
  add department text,
  -- 各市: those who report; 全省: all of them together
  add units_called text,
  add area text,
  -- what stands before 任务分配表 and 任务完成情况
  add plan_title text,
  add login_title text,
  add login_text text,
  add home_title text;

-- What all pages and papers have said so far.
alter table campaigns disable trigger user; -- nobody did this: no version, no history
update campaigns set department = '网络工作部', units_called = '各市', area = '全省', plan_title = '“好网民”活动“12351+” 计划',
  login_title = e'网聚职工正能量\n争做中国好网民',
  login_text = e'2019 年度“12351+”计划\n100 个 基层工会组织\n2000 名 职工好网民宣传员\n300 场 线下活动，或走进 300 家企业\n5万 名 职工，面对面\n1000 万 名 职工网民，线下线上\n6 月至 10 月征集评选，11 月总结表彰';
alter table campaigns enable trigger user;
